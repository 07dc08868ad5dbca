//go:build !linux

package away

import "context"

func watchLogind(context.Context, func()) {}
