package web

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// cookieName is the session's cookie: the prefix makes browsers hold it to
// this host, path / and TLS (RFC 6265bis, 4.1.3.2).
func (s *Server) cookieName() string {
	if s.cfg.TLS != nil {
		return "__Host-edge"
	}
	return "edge"
}

// origin says how a request stands to the edge's own origin.
type origin int

const (
	originNone    origin = iota // no Origin header: no browser, or its same-origin GET
	originOwn                   // exactly the edge's own
	originForeign               // anything else, null included
)

// originOf compares Origin with the edge's own, byte for byte. The edge's own
// is scheme://Host where Host is a name that this edge goes by: a Host that
// only repeats a foreign Origin (DNS rebinding) is foreign.
func (s *Server) originOf(r *http.Request) origin {
	all := r.Header.Values("Origin")
	if len(all) == 0 {
		return originNone
	}
	scheme := "http://"
	if s.cfg.TLS != nil {
		scheme = "https://"
	}
	if len(all) != 1 || all[0] != scheme+r.Host || !s.ownHost(r) {
		return originForeign
	}
	return originOwn
}

// ownHost tells whether the request's Host names this edge: the address that
// the connection came in on, a name of the loopback, or a configured host.
func (s *Server) ownHost(r *http.Request) bool {
	if slices.Contains(s.cfg.Hosts, r.Host) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	ip, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return false
	}
	host, given, err := net.SplitHostPort(r.Host)
	if err != nil { // no port: the scheme's own
		host, given = strings.Trim(r.Host, "[]"), "80"
		if s.cfg.TLS != nil {
			given = "443"
		}
	}
	if given != port {
		return false
	}
	at := net.ParseIP(ip)
	if named := net.ParseIP(host); named != nil {
		return named.Equal(at) || named.IsLoopback() && at.IsLoopback()
	}
	return host == "localhost" && at.IsLoopback()
}

// secure sets the headers of every answer.
func (s *Server) secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	connect := "'self'"
	if s.ownHost(r) { // old browsers do not count ws: under 'self'
		connect += " ws://" + r.Host
		if s.cfg.TLS != nil {
			connect = "'self' wss://" + r.Host
		}
	}
	h.Set("Content-Security-Policy", "default-src 'self'; connect-src "+connect+
		"; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	if s.cfg.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	for _, p := range []string{"/floor/", "/site/", "/sync/"} {
		if strings.HasPrefix(r.URL.Path, p) {
			h.Set("Cache-Control", "no-store")
		}
	}
}
