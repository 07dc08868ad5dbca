//go:build hold

package main

import (
	_ "eliasnaur.com/font/roboto/robotomedium"
	_ "eliasnaur.com/font/roboto/robotoregular"
	_ "fyne.io/fyne/v2/app"
	_ "fyne.io/fyne/v2/test"
	_ "fyne.io/fyne/v2/widget"
	_ "github.com/ccojocar/zxcvbn-go"
	_ "github.com/chromedp/chromedp"
	_ "github.com/coder/websocket"
	_ "github.com/gen2brain/malgo"
	_ "github.com/godbus/dbus/v5"
	_ "github.com/mattn/go-sqlite3"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/nats-io/nats.go"
	_ "github.com/nats-io/nats.go/jetstream"
	_ "github.com/pion/interceptor"
	_ "github.com/pion/interceptor/pkg/cc"
	_ "github.com/pion/interceptor/pkg/gcc"
	_ "github.com/pion/mediadevices"
	_ "github.com/pion/mediadevices/pkg/codec/opus"
	_ "github.com/pion/mediadevices/pkg/driver/camera"
	_ "github.com/pion/stun/v4"
	_ "github.com/pion/turn/v5"
	_ "github.com/pion/webrtc/v4"
	_ "github.com/skip2/go-qrcode"
	_ "github.com/zalando/go-keyring"
	_ "golang.org/x/crypto/acme/autocert"
	_ "golang.org/x/crypto/argon2"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/time/rate"
)

func main() {}
