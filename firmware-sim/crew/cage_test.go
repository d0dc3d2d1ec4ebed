package crew

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// nowhere are boxes of which none has come to a dock yet.
type nowhere struct{}

func (nowhere) Packed(string)    {}
func (nowhere) Lies(string) bool { return false }
func (nowhere) Loaded(string)    {}

// atWork gives a loader at a line that takes what is sent and cuts it there; sent has
// the actions.
func atWork(t *testing.T) (w *worker, sent chan string) {
	sent = make(chan string, 10)
	var up websocket.Upgrader
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(rw, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			var m struct{ Action string }
			_, b, err := c.ReadMessage()
			if err != nil || json.Unmarshal(b, &m) != nil {
				return
			}
			sent <- m.Action
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{URL: server.URL, Workers: []Worker{{Badge: "W-1", Flows: []string{"load"}}}, Speed: 1000, Boxes: nowhere{}, Traits: Traits{Cut: 1}})
	require.NoError(t, err)
	w = newWorker(c, c.cfg.Workers[0], 1)
	w.line.frames, w.line.failed = make(chan frame), make(chan error)
	conn, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	w.line.conn = conn
	t.Cleanup(w.line.close)
	return w, sent
}

// A busy site's screens change without end: also then a loader to whom nothing comes
// goes on, and does not stand there for ever.
func TestALoaderWithoutBoxesGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		screen screen
		want   string
	}{
		"with a cage begun":       {screen{Mode: "container", Actions: []string{"close", "leave"}}, "close"},
		"with a cage just taken":  {screen{Mode: "container", Actions: []string{"help", "leave"}}, "leave"},
		"at a truck":              {screen{Actions: []string{"close", "leave"}}, "leave"},
		"at a truck that has all": {screen{Actions: []string{"close", "leave"}, Expect: []expect{}}, "close"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, sent := atWork(t)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			at := func(rev uint64) *screen {
				s := c.screen
				s.Rev, s.Flow, s.Task.ID, s.Task.Done = rev, "load", "T-1", 3
				if s.Expect == nil {
					s.Expect = []expect{{Kind: "waybill", Code: "650000000011"}}
				}
				return &s
			}
			w.show(at(1))
			go func() {
				for rev := uint64(2); ctx.Err() == nil; rev++ {
					select {
					case w.line.frames <- frame{T: "screen", Screen: at(rev)}:
					case <-ctx.Done():
					}
				}
			}()
			var err error
			for err == nil && ctx.Err() == nil {
				err = w.once(ctx)
			}
			require.ErrorIs(t, err, errCut, "something was pressed")
			require.Equal(t, c.want, <-sent)
		})
	}
}
