package feed

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"dcedge/sync/batch"
)

// squeezer compresses answers.
type squeezer struct {
	zstd *zstd.Encoder // EncodeAll only: safe for concurrent use
	gzip sync.Pool
}

func newSqueezer() (*squeezer, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("feed: zstd: %w", err)
	}
	return &squeezer{zstd: z}, nil
}

// send writes a batch: the head's line, then the events byte for byte.
func (f *Feed) send(w http.ResponseWriter, r *http.Request, head *batch.Head, lines []byte) {
	first, err := head.AppendLine(nil)
	if err != nil {
		fail(w, unavailable(err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Vary", "Accept-Encoding")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTime)) // unsupported under httptest recorders
	switch encoding(r.Header.Values("Accept-Encoding")) {
	case "zstd":
		h.Set("Content-Encoding", "zstd")
		frame := f.squeeze.zstd.EncodeAll(first, nil)
		frame = f.squeeze.zstd.EncodeAll(lines, frame) // frames follow one another (RFC 8878, 3)
		h.Set("Content-Length", strconv.Itoa(len(frame)))
		_, err = w.Write(frame)
	case "gzip":
		h.Set("Content-Encoding", "gzip")
		err = f.squeeze.zip(w, first, lines)
	default:
		h.Set("Content-Length", strconv.Itoa(len(first)+len(lines)))
		if _, err = w.Write(first); err == nil {
			_, err = w.Write(lines)
		}
	}
	if err != nil {
		f.cfg.Logger.Debug("batch not sent whole", "error", err)
	}
}

func (s *squeezer) zip(w io.Writer, parts ...[]byte) error {
	z, _ := s.gzip.Get().(*gzip.Writer)
	if z == nil {
		var err error
		if z, err = gzip.NewWriterLevel(w, gzip.BestSpeed); err != nil {
			return err
		}
	} else {
		z.Reset(w)
	}
	defer s.gzip.Put(z)
	for _, p := range parts {
		if _, err := z.Write(p); err != nil {
			return err
		}
	}
	return z.Close()
}

// encoding chooses between zstd, gzip and "" (RFC 9110, 12.5.3); of equals the
// first of these three.
func encoding(accept []string) string {
	best, quality := "", 0.0
	for _, item := range strings.Split(strings.ToLower(strings.Join(accept, ",")), ",") {
		name, q := strings.TrimSpace(item), 1.0
		if n, params, ok := strings.Cut(name, ";"); ok {
			name = strings.TrimSpace(n)
			if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
				f, err := strconv.ParseFloat(v, 64)
				if err != nil {
					continue
				}
				q = f
			}
		}
		if (name == "zstd" || name == "gzip") && (q > quality || q == quality && q > 0 && name == "zstd") {
			best, quality = name, q
		}
	}
	return best
}
