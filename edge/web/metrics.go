package web

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dcedge/edge"
)

// meter holds the server's figures. Labels are routes and codes, never ids.
type meter struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	verdicts *prometheus.CounterVec
	byCode   map[edge.Code]prometheus.Counter // of verdicts; never changed
}

func newMeter(s *Server) *meter {
	m := &meter{registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "edge_http_requests_total", Help: "Requests by route and status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "edge_http_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .25, 1, 5}}, []string{"route"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "edge_verdicts_total", Help: "Verdicts by code."}, []string{"code"})}
	m.byCode = map[edge.Code]prometheus.Counter{}
	for _, code := range []edge.Code{edge.OK, edge.Done, edge.Wrong, edge.Over, edge.Duplicate, edge.Cancelled, edge.Hold, edge.Unknown,
		edge.Unexpected, edge.Denied, edge.Stale} {
		m.byCode[code] = m.verdicts.WithLabelValues(string(code))
	}
	m.registry.MustRegister(m.requests, m.seconds, m.verdicts,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "edge_sockets", Help: "Open floor sockets."},
			func() float64 { return float64(s.hub.open()) }),
		&boardCollector{s: s,
			orders: prometheus.NewDesc("edge_orders", "Orders in the state, by stage.", []string{"stage"}, nil),
			lag:    prometheus.NewDesc("edge_consumer_lag_events", "Events that a consumer has not acknowledged.", []string{"consumer"}, nil)})
	return m
}

// boardCollector reads the board when it is asked.
type boardCollector struct {
	s      *Server
	orders *prometheus.Desc
	lag    *prometheus.Desc
}

var _ prometheus.Collector = (*boardCollector)(nil)

func (b *boardCollector) Describe(ch chan<- *prometheus.Desc) { ch <- b.orders; ch <- b.lag }

func (b *boardCollector) Collect(ch chan<- prometheus.Metric) {
	for stage, n := range b.s.deps.Board.Stages() {
		ch <- prometheus.MustNewConstMetric(b.orders, prometheus.GaugeValue, float64(n), string(stage))
	}
	for _, c := range b.s.deps.Board.Consumers() {
		ch <- prometheus.MustNewConstMetric(b.lag, prometheus.GaugeValue, float64(c.LagEvents), c.Name)
	}
}

func (m *meter) request(rt route, status int, took time.Duration) {
	m.requests.WithLabelValues(rt.path, strconv.Itoa(status)).Inc()
	if !rt.socket {
		m.seconds.WithLabelValues(rt.path).Observe(took.Seconds())
	}
}

// verdict counts a verdict; those of every code that a scan has are looked up
// once.
func (m *meter) verdict(code edge.Code) {
	if c, ok := m.byCode[code]; ok {
		c.Inc()
		return
	}
	m.verdicts.WithLabelValues(string(code)).Inc()
}

// Registry takes further collectors (the engine's, the journal's).
func (s *Server) Registry() prometheus.Registerer { return s.meter.registry }

func (c *call) metrics() error {
	promhttp.HandlerFor(c.s.meter.registry, promhttp.HandlerOpts{}).ServeHTTP(c.w, c.r)
	return nil
}

// admitScraper lets loopback in, and who has the scraper's key.
func (c *call) admitScraper() error {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err == nil && loopbackHost(host) {
		return nil
	}
	token, cookie := c.token()
	want, got := sha256.Sum256([]byte(c.s.cfg.ScraperKey)), sha256.Sum256([]byte(token))
	if cookie || c.s.cfg.ScraperKey == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return &problem{status: http.StatusUnauthorized, code: "key", detail: "metrics need the scraper's key"}
	}
	return nil
}

// metered remembers the status that was answered.
type metered struct {
	http.ResponseWriter
	status int
}

func (m *metered) WriteHeader(status int) {
	if m.status == 0 {
		m.status = status
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *metered) code() int {
	if m.status == 0 {
		return http.StatusOK
	}
	return m.status
}

// Unwrap lets http.ResponseController through.
func (m *metered) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// Hijack hands the connection to a socket.
func (m *metered) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	m.status = http.StatusSwitchingProtocols
	return http.NewResponseController(m.ResponseWriter).Hijack()
}
