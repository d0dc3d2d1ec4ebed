package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// The bundle is built by `make web` and not committed; PLACEHOLDER keeps the
// folder there on a bare clone.
//
//go:embed all:ui/dist
var bundle embed.FS

var errNoPage = errors.New("web: no such page")

const placeholder = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>dcedge</title></head>
<body><h1>The pages are not built into this program</h1>
<p>Run <code>make web build</code> in the source folder (it needs Go and Node), then start the new <code>bin/edge</code>.</p>
<p>The edge itself works: programs use <code>/floor/v1</code>, <code>/site/v1</code> and <code>/sync/v1</code>.</p>
</body></html>
`

// page serves the pages and what they are made of.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		(&problem{status: http.StatusMethodNotAllowed, code: "method", allow: "GET, HEAD"}).write(w)
		return
	}
	b, name, err := pageOf(bundle, r.URL.Path)
	switch {
	case err != nil && screenPath(r.URL.Path):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(placeholder)) // the peer may be gone
		return
	case err != nil:
		notFound().write(w)
		return
	}
	if s.cfg.LeadBadge && screenPath(r.URL.Path) {
		b = bytes.Replace(b, []byte("<html "), []byte(`<html data-lead="badge" `), 1)
	}
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(b) // the peer may be gone
}

func screenPath(p string) bool {
	return p == "/" || p == "/pda" || p == "/desk" || p == "/lead" || p == "/barcode" || p == "/manifest"
}

// pageOf finds the file of a path: a screen's own page, else index.html; other
// paths by their name.
func pageOf(files fs.FS, p string) (b []byte, name string, err error) {
	names := []string{strings.TrimPrefix(path.Clean(p), "/")}
	if screenPath(p) {
		names = []string{strings.TrimPrefix(p, "/") + ".html", "index.html"}
	}
	for _, name := range names {
		if name == "PLACEHOLDER" || strings.HasPrefix(path.Base(name), ".") {
			continue
		}
		if b, err := fs.ReadFile(files, "ui/dist/"+name); err == nil {
			return b, name, nil
		}
	}
	return nil, "", errNoPage
}

// contentType does not ask the machine, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "application/octet-stream"
}
