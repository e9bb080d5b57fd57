// Package server is where the program listens: one origin for pages, API and
// viewers, and a socket for the command line on the same host.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/certificate"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/route"
)

// Router adds its routes to a mux.
type Router interface {
	Routes(mux route.Mux)
}

// Options is what a Server works with.
type Options struct {
	URL     *url.URL // of this server as browsers see it
	Socket  string   // path of the command line's socket
	TLSCert string   // files; empty: plain HTTP
	TLSKey  string
	Proxies peer.Proxies // who may say for whom they ask

	Control *control.Control
	Auth    *auth.Auth
	Gateway *gateway.Gateway
	API     Router
	Web     Router
	Metrics http.Handler
	// Answered is told of every answer when it begins, and of the pattern of its route;
	// it may be nil.
	Answered func(route string, code int, took time.Duration)
	// TurnedAway is told of every connection that was closed since as many were open as
	// may be, and of the bound; it may be nil.
	TurnedAway func(bound string)
	// Authority is the certificate of the installation's own authority, PEM.
	Authority []byte
	// Ready is an error while the database does not answer; it may hang.
	Ready func(ctx context.Context) error
	// Audit is told of streams that are refused before anybody else hears of them; it
	// may be nil.
	Audit func(ctx context.Context, d dictumal.Deed)
	// Fail answers a request with an error, as a page where a browser asks.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	// Keys seal what is secret; the command line changes them.
	Keys *rekey.Rekeyer
	// Local is who the command line's socket speaks for.
	Local   dictumal.Principal
	Version string
	Log     *slog.Logger
}

// Server serves browsers and programs.
type Server struct {
	Options
	streams context.Context // ends what never ends by itself, when the server stops
	stop    context.CancelFunc
	public  *http.Server
	local   *http.Server
	socket  net.Listener
	ready   readiness
	limits  limits
	rooms   rooms
	door    door
	keeper  *certificate.Keeper // nil: plain HTTP
}

// New returns a server whose socket is open, so that a command finds it at once,
// and that answers nobody before Serve.
func New(ctx context.Context, options Options) (*Server, error) {
	s := &Server{Options: options, ready: readiness{ask: options.Ready}, limits: usualLimits()}
	if s.Audit == nil {
		s.Audit = func(context.Context, dictumal.Deed) {}
	}
	s.rooms = s.limits.rooms()
	if err := s.openCertificate(); err != nil {
		return nil, err
	}
	if err := s.openSocket(ctx); err != nil {
		return nil, err
	}
	s.streams, s.stop = context.WithCancel(context.Background())
	api := whenAsked(s.API)
	s.public = s.listener(s.protect(s.handle(api)))
	s.local = s.listener(s.asLocal(s.handleLocal(api)))
	return s, nil
}

// Serve answers on the listener and on the socket until Shutdown.
func (s *Server) Serve(public net.Listener) error {
	done := make(chan error, 2)
	go func() { done <- s.local.Serve(s.socket) }()
	go func() { done <- s.servePublic(s.guard(public)) }()
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("serve: %w", err), s.public.Close(), s.local.Close())
	}
	return nil
}

// Leave tells whoever asks whether the server is ready that it is about to stop. It goes
// on answering, each request on a connection of its own, so that a load balancer has
// time to send what comes elsewhere.
func (s *Server) Leave() {
	s.ready.ending.Store(true)
	s.public.SetKeepAlivesEnabled(false)
}

// Shutdown tells viewers, ends streams, and waits for requests to finish.
func (s *Server) Shutdown(ctx context.Context) error {
	s.Leave()
	drained := s.Gateway.Drain(ctx)
	s.stop()
	return errors.Join(drained, s.public.Shutdown(ctx), s.local.Shutdown(ctx))
}

// Close gives back the socket of a server that did not serve.
func (s *Server) Close() error {
	s.stop()
	if err := s.socket.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close socket: %w", err)
	}
	return nil
}

// Private

// listener has no write timeout: streams set a deadline for each write instead, and
// so do all others.
func (s *Server) listener(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: s.limits.header,
		IdleTimeout:       s.limits.idle,
		MaxHeaderBytes:    s.limits.headerBytes,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: s.limits.requests, MaxReceiveBufferPerConnection: 1 << 20, MaxReceiveBufferPerStream: 256 << 10,
			SendPingTimeout: s.limits.answer, PingTimeout: s.limits.header, WriteByteTimeout: s.limits.answer,
		},
		BaseContext: func(net.Listener) context.Context { return s.streams },
		ErrorLog:    slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
}

func (s *Server) servePublic(public net.Listener) error {
	if s.keeper == nil {
		return s.public.Serve(public)
	}
	s.public.TLSConfig = s.keeper.TLS()
	return s.public.ServeTLS(public, "", "")
}

// guard bounds the connections of a listener.
func (s *Server) guard(public net.Listener) net.Listener {
	return s.rooms.connections.Listen(public, s.free, s.turnedAway)
}

// free tells whose connections do not count each: those of this machine, and those
// of proxies, through which everybody comes.
func (s *Server) free(from netip.Addr) bool { return from.IsLoopback() || s.Proxies.Has(from) }

func (s *Server) openCertificate() (err error) {
	if s.TLSCert == "" {
		return nil
	}
	s.keeper, err = certificate.Open(certificate.Files{Certificate: s.TLSCert, Key: s.TLSKey}, s.URL.Hostname(), s.Log)
	return err
}

// openSocket opens the socket for its owner alone, and removes what is left of a
// server that was killed: the data folder is locked, so there is no other.
func (s *Server) openSocket(ctx context.Context) (err error) {
	if err := os.Remove(s.Socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove old socket: %w", err)
	}
	var listening net.ListenConfig
	if s.socket, err = listening.Listen(ctx, "unix", s.Socket); err != nil {
		return fmt.Errorf("listen on the command line's socket: %w", err)
	}
	if err := os.Chmod(s.Socket, 0o600); err != nil {
		return errors.Join(fmt.Errorf("protect socket: %w", err), s.socket.Close())
	}
	return nil
}
