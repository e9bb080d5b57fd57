//go:build !crash

package app

import (
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/digitalocean"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/rekey"
)

// Private

// seams are where the parts meet. A build for tests comes in between there; this
// one joins them as they are.
type seams struct{}

func newSeams() seams { return seams{} }

func (seams) transport() http.RoundTripper { return http.DefaultTransport }

func (seams) ocean(provider *digitalocean.Provider) dictumal.Provider { return provider }

func (seams) work(options reconcile.Options) reconcile.Options { return options }

func (seams) dialer() []machine.Option { return nil }

func (seams) keys(options rekey.Options) rekey.Options { return options }

func (seams) control(options control.Options) control.Options { return options }
