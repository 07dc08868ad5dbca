// alcove-relay is Alcove's blind relay as a program of its own: it serves the client's page, keeps sealed invitations, passes sealed frames
// and, if asked to, relays media by TURN. See the package relay for what it sees and keeps.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"alcove/assets"
	"alcove/rtc/relay"
)

// version is set by the linker: -X main.version=1.2.3
var version = ""

const stopTime = 10 * time.Second // for sockets to hear goodbye

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage") // the flag package has said what is wrong

func run(ctx context.Context, args []string, env func(string) string, out, errOut io.Writer) error {
	var config relay.Config
	flags, showVersion := defineFlags(&config, errOut)
	if err := fromEnvironment(flags, env); err != nil {
		return err
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if *showVersion {
		_, err := fmt.Fprintln(out, "alcove-relay", versionText())
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	config.Guest, config.Log = assets.Guest(), slog.New(slog.NewTextHandler(errOut, nil))
	r, err := relay.Start(ctx, config)
	if err != nil {
		return err
	}
	config.Log.Info("relay runs", "version", versionText(), "url", r.URL(), "listen", r.Addr().String())
	<-ctx.Done()
	config.Log.Info("relay stops")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return r.Close(last)
}

func defineFlags(c *relay.Config, errOut io.Writer) (*flag.FlagSet, *bool) {
	f := flag.NewFlagSet("alcove-relay", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&c.Listen, "listen", "127.0.0.1:8460", "TCP `address` of the page and the sockets")
	f.StringVar(&c.PublicURL, "public-url", "", "how clients reach this relay, if not by -listen: `https://host`")
	f.StringVar(&c.StateDir, "state", "", "`folder` for invitations, keys and certificates (needed)")
	f.Int64Var(&c.MaxStore, "max-store", 1<<30, "`bytes` that invitations may take on disk")
	f.Func("trust-proxy", "believe X-Forwarded-For from this `network`, such as 127.0.0.1/32; may be repeated, or a list with commas", func(s string) error {
		return eachOf(s, func(one string) error {
			p, err := netip.ParsePrefix(one)
			c.TrustedProxies = append(c.TrustedProxies, p)
			return err
		})
	})
	f.StringVar(&c.HostToken, "host-token", "", "close the relay to strangers: desktops must show this `secret`, better given as ALCOVE_RELAY_HOST_TOKEN; default: open")
	f.Float64Var(&c.Limits.Scale, "limits", 1, "`factor` for what one network may do in a second, for a clinic that comes from one address")
	f.StringVar(&c.NATSURL, "nats", "", "`URL` of an external NATS with JetStream, to run more than one relay; default: one inside this process")
	f.StringVar(&c.NATSCreds, "nats-creds", "", "credentials `file` for -nats")
	f.IntVar(&c.Replicas, "nats-replicas", 1, "`number` of NATS servers that keep each invitation")
	tlsFlags(f, &c.TLS)
	turnFlags(f, &c.TURN)
	showVersion := f.Bool("version", false, "say the version and end")
	f.Usage = func() {
		fmt.Fprint(errOut, "alcove-relay serves Alcove's client page and passes sealed frames between it and the therapist's desktop.\n\n"+
			"usage: alcove-relay -state FOLDER [flags]\n\n"+
			"Each flag may come from the environment instead: -public-url is ALCOVE_RELAY_PUBLIC_URL, and so on.\n"+
			"Secrets belong there, where other users of the machine do not see them.\n\n")
		f.PrintDefaults()
	}
	return f, showVersion
}

func tlsFlags(f *flag.FlagSet, c *relay.TLS) {
	f.Func("domain", "get certificates for this `name` by ACME (Let's Encrypt); may be repeated", listOf(&c.Domains))
	f.StringVar(&c.ACMEEmail, "acme-email", "", "`address` that the ACME server may write to")
	f.StringVar(&c.ACMEDirectory, "acme-directory", "", "`URL` of another ACME server")
	f.StringVar(&c.ChallengeListen, "acme-http", "", "`address` for ACME over plain HTTP and redirects, such as :80")
	f.StringVar(&c.CertFile, "cert", "", "certificate `file` (PEM), read again when it changes")
	f.StringVar(&c.KeyFile, "key", "", "its key `file` (PEM)")
	f.Func("self-signed", "make a certificate for this `name` or address, for a home network; may be repeated", listOf(&c.SelfSigned))
}

func turnFlags(f *flag.FlagSet, c *relay.TURN) {
	f.StringVar(&c.Listen, "turn", "", "UDP `address` of the built-in TURN and STUN server, such as 0.0.0.0:3478; default: none")
	f.StringVar(&c.ListenTCP, "turn-tcp", "", "its TCP `address`")
	f.Func("turn-ip", "`IP` address that clients reach it by; default: that of -turn", func(s string) (err error) {
		c.PublicIP, err = netip.ParseAddr(s)
		return err
	})
	f.Func("turn-ports", "UDP ports of relayed media, `low-high`; default: any", func(s string) error {
		n, err := fmt.Sscanf(s, "%d-%d", &c.MinPort, &c.MaxPort)
		if n != 2 && err == nil {
			err = errors.New("want low-high")
		}
		return err
	})
	f.BoolVar(&c.AllowPrivatePeers, "turn-private-peers", false, "relay media to loopback and private addresses too (closed networks only)")
	f.Func("turn-url", "an external TURN server instead, `turn:host:port?transport=udp`; may be repeated", listOf(&c.URLs))
	f.StringVar(&c.Secret, "turn-secret", "", "the secret shared with it (coturn: static-auth-secret), better given as ALCOVE_RELAY_TURN_SECRET")
	f.DurationVar(&c.TTL, "turn-ttl", 4*time.Hour, "how long TURN credentials last")
}

func listOf(list *[]string) func(string) error {
	return func(s string) error {
		return eachOf(s, func(one string) error {
			*list = append(*list, one)
			return nil
		})
	}
}

func eachOf(s string, do func(string) error) error {
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); one != "" {
			if err := do(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// fromEnvironment sets flags before the command line is read, so that the command line wins for single values and adds to lists.
func fromEnvironment(f *flag.FlagSet, env func(string) string) error {
	var err error
	f.VisitAll(func(fl *flag.Flag) {
		name := "ALCOVE_RELAY_" + strings.ToUpper(strings.ReplaceAll(fl.Name, "-", "_"))
		if value := env(name); value != "" && err == nil {
			if setErr := f.Set(fl.Name, value); setErr != nil {
				err = fmt.Errorf("%s: not a value for -%s", name, fl.Name) // without the value: it may be a secret
			}
		}
	})
	return err
}

func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(development)"
}
