package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/board"
	"dcedge/edge/catalogue"
	"dcedge/edge/shift"
	"dcedge/edge/wire"
)

// Floor is the engine as this package uses it. SubmitFunc takes messages in
// order and calls done after the flush, in order; done does not block.
type Floor interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
	SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error
	Screen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error)
	PracticeScreen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error)
}

// Publisher tells of commits, in order, after the answers to their messages.
type Publisher interface {
	Subscribe(fn func(*edge.Commit)) (cancel func())
}

// Catalogue gives the present catalogue.
type Catalogue interface{ Catalogue() *catalogue.Snapshot }

// Recipients gives what the vault holds: masked for screens, and whole with an
// access record of its own before it leaves.
type Recipients interface {
	Masked(ref edge.PersonalRef) (edge.Masked, error)
	Reveal(ctx context.Context, ref edge.PersonalRef, by Revealer) (edge.Recipient, error)
}

// Revealer is who unmasks an order's recipient, from where and why.
type Revealer struct {
	Worker string
	Source string // device, else address
	Reason string
	Client string
	Order  string
}

// Names gives workers' names, which lie in the vault.
type Names interface {
	WorkerName(worker string) (string, error)
}

// Labels draws the masked picture of an attempt's label as PNG.
type Labels interface {
	LabelPNG(ctx context.Context, attempt string) ([]byte, error)
}

// Codes says what the system makes of a code, in the shape of `edge barcode`.
type Codes interface {
	Explain(ctx context.Context, q CodeQuestion) (any, error)
}

// CodeQuestion is a code, how to read it (empty: find out) and whose number it
// may be.
type CodeQuestion struct{ Input, As, Carrier, With string }

// Config is what a site sets.
type Config struct {
	Listen     string // "127.0.0.1:8080"; port 0 takes a free one
	TLS        *tls.Config
	Hosts      []string // host names (with port where it is not the scheme's) that browsers may use besides the address itself
	Site       string
	Epoch      string
	Zone       *time.Location
	HashKey    []byte // of content hashes; at least 16 bytes
	Stations   []edge.Station
	LeadBadge  bool   // a lead's badge alone opens a session: the lead's pages ask for no PIN
	ScraperKey string // lets /metrics be read from elsewhere than loopback; "": not
	OnListen   func(net.Addr)
}

// Deps is what the server works with. Recipients, Names, Labels, Codes, Devices, Sealed,
// House, Papers, Shifts, History, Practised, Sync, Heard, Ready and ErrorCode may be nil.
type Deps struct {
	Floor      Floor
	Commits    Publisher
	Catalogue  Catalogue
	Access     *access.Access
	Board      *board.Board
	Recipients Recipients
	Names      Names
	Labels     Labels
	Codes      Codes
	Devices    Devices
	Sealed     Sealed
	House      House
	Papers     Papers
	Shifts     *shift.Book
	History    History
	Practised  func()           // a session to practise begins; must not block
	Sync       http.Handler     // /sync/v1/
	Heard      func() time.Time // when the WMS last called; zero: not since the start; nil: not told
	Ready      func(context.Context) error
	// ErrorCode names an error of Floor that proves that the message was not
	// decided ("storeFull"); "" means that its outcome is unknown.
	ErrorCode func(error) string
	Now       func() time.Time // edge time
	Log       *slog.Logger
}

// Server serves one site.
type Server struct {
	cfg      Config
	wire     wire.Writer
	deps     Deps
	hub      *hub
	meter    *meter
	upgrader websocket.Upgrader
	buffers  sync.Pool
	hashes   sync.Pool // of *keyedHash
	verdicts sync.Pool // of *edge.Verdict
	handler  http.Handler
	ctx      context.Context // of the sockets; ends with Run
	cancel   context.CancelFunc
	reveals  revealLimit
	checks   checkLabels
	unready  atomic.Pointer[string] // why the last question for readiness was answered with no
}

// New makes a server. TLS nil is taken on a loopback address only.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if deps.Floor == nil || deps.Commits == nil || deps.Catalogue == nil || deps.Access == nil || deps.Board == nil ||
		deps.Now == nil || deps.Log == nil {
		return nil, errors.New("web: a dependency is missing")
	}
	if deps.ErrorCode == nil {
		deps.ErrorCode = func(error) string { return "" }
	}
	if deps.Ready == nil {
		deps.Ready = func(context.Context) error { return nil }
	}
	s := &Server{cfg: cfg, deps: deps, wire: wire.In(cfg.Zone), hub: newHub(), buffers: sync.Pool{New: func() any { b := make([]byte, maxFrame+1); return &b }}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.meter = newMeter(s)
	s.upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(*http.Request) bool { return true }, // checked for every route before
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			(&problem{status: status, code: "upgrade", detail: "this is a WebSocket"}).write(w)
		}}
	s.handler = s.routes()
	return s, nil
}

func (c *Config) validate() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("web: listen address: %w", err)
	}
	if c.TLS == nil && !loopbackHost(host) {
		return fmt.Errorf("web: %s without TLS: only a loopback address may be served in the clear", c.Listen)
	}
	if c.Zone == nil || len(c.HashKey) < 16 || c.Epoch == "" {
		return errors.New("web: zone, hash key (16 bytes) and epoch are required")
	}
	return nil
}

func loopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Handler serves everything; Run serves it on the configured address.
func (s *Server) Handler() http.Handler { return s.handler }

// Limits of the listener.
const (
	headerTimeout = 5 * time.Second // for a request's header, and a TLS handshake
	idleTimeout   = 60 * time.Second
	drainTimeout  = 5 * time.Second
)

// Run listens, follows the engine's commits and serves until ctx ends; then it
// lets requests end for five seconds and closes the sockets.
func (s *Server) Run(ctx context.Context) error {
	ln, err := net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	if s.cfg.OnListen != nil {
		s.cfg.OnListen(ln.Addr())
	}
	held := newPlaces(ln, maxConns, maxSource)
	ln = held
	if s.cfg.TLS != nil {
		ln = tls.NewListener(ln, s.cfg.TLS)
	}
	srv := &http.Server{Handler: held.handler(s.handler), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, ConnState: held.state, ConnContext: held.known,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(s.deps.Log.Handler(), slog.LevelDebug)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	followed := make(chan struct{})
	following, unfollow := context.WithCancel(ctx)
	defer unfollow()
	go func() { defer close(followed); s.Follow(following) }()
	select {
	case <-ctx.Done():
	case err = <-served:
		err = fmt.Errorf("web: serve: %w", err)
	}
	s.hub.shutAll(websocket.CloseGoingAway, "shutting down")
	held.shut()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if srv.Shutdown(stop) != nil {
		_ = srv.Close() // what has not ended by now is cut
	}
	unfollow()
	<-followed
	return err
}

// Follow carries pushes, `seen` and ends of sessions to the sockets until ctx
// ends; then it closes them. Run calls it; a test that serves Handler by
// itself does too.
func (s *Server) Follow(ctx context.Context) {
	stopCommits := s.deps.Commits.Subscribe(s.hub.push)
	stopEnds := s.deps.Access.Watch(s.hub.ended)
	defer stopCommits()
	defer stopEnds()
	t := time.NewTicker(seenEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			s.hub.closeAll(websocket.CloseGoingAway, "shutting down")
			s.cancel()
			return
		case <-t.C:
			s.hub.tellSeen()
		}
	}
}

// Seen notes that every required consumer has acknowledged every event up to
// seq; all sockets are told within half a second. It does not block.
func (s *Server) Seen(epoch string, seq uint64) { s.hub.noteSeen(epoch, seq) }

const seenEvery = 500 * time.Millisecond
