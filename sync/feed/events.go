package feed

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"dcedge/sync/batch"
)

const (
	defaultLimit = 1000
	maxLimit     = 10_000
	maxWait      = 30 * time.Second
	keptBuffer   = batch.MaxBody + 128<<10
)

// events answers one batch behind a place.
func (f *Feed) events(w http.ResponseWriter, r *http.Request, who *consumer) {
	limit, wait, p := window(r.URL.Query())
	var at batch.Place
	if p == nil {
		at, p = f.from(r.URL.Query(), who)
	}
	var in, next Epoch
	if p == nil {
		in, next, p = f.shared(at)
	}
	if p == nil && !in.Sealed {
		p = f.await(r.Context(), who, at.Seq, wait)
	}
	if p != nil {
		fail(w, p)
		return
	}
	select {
	case who.busy <- struct{}{}:
		defer func() { <-who.busy }()
	default:
		fail(w, tooMany("batches in flight"))
		return
	}
	room, _ := f.buffers.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	defer func() {
		if cap(*room) <= keptBuffer {
			f.buffers.Put(room)
		}
	}()
	head, lines, p := f.batch(at, limit, room)
	if p == nil && in.Sealed {
		f.seal(head, in, next)
	}
	if p != nil {
		fail(w, p)
		return
	}
	f.send(w, r, head, lines)
}

// window reads limit and wait.
func window(q url.Values) (limit int, wait time.Duration, p *batch.Problem) {
	limit = defaultLimit
	if s := q.Get("limit"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return 0, 0, badCursor("limit is no whole number")
		}
		limit = int(min(max(n, 1), maxLimit))
	}
	if s := q.Get("wait"); s != "" {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(n) {
			return 0, 0, badCursor("wait is no number of seconds")
		}
		wait = time.Duration(min(max(n, 0), maxWait.Seconds()) * float64(time.Second))
	}
	return limit, wait, nil
}

// from finds the place that the caller asks for.
func (f *Feed) from(q url.Values, who *consumer) (batch.Place, *batch.Problem) {
	after := q.Get("after")
	if after != "" && after != "start" {
		return f.decode(after)
	}
	if q.Has("after") && after == "" {
		return batch.Place{}, badCursor("after is empty: leave it out, or send start or a cursor")
	}
	all := lineage(f.cfg.Position.Epochs())
	at, in := batch.Place{Epoch: all[0].ID, Seq: all[0].Oldest - 1}, all[0]
	if acked := who.at(); after == "" && acked.Acked > 0 {
		at = batch.Place{Epoch: acked.Epoch, Seq: acked.Acked}
		in = all[max(all.find(acked.Epoch), 0)]
	} else if i := all.find(acked.Epoch); after == "" && i > 0 { // before the first event of an epoch
		at, in = opening(acked.Epoch), all[i]
	}
	var err error
	if at.Hash, err = f.cfg.Log.HashAt(at.Epoch, at.Seq); err != nil {
		return batch.Place{}, f.unreadable(err, in)
	}
	return at, nil
}

func (f *Feed) decode(cursor string) (batch.Place, *batch.Problem) {
	at, err := f.codec.Decode(cursor)
	if err != nil {
		return batch.Place{}, badCursor("this edge never gave out such a cursor")
	}
	return at, nil
}

// unreadable turns a log's error at a place of an epoch into a problem.
func (f *Feed) unreadable(err error, in Epoch) *batch.Problem {
	switch {
	case errors.Is(err, ErrGone):
		p := batch.NewProblem(http.StatusGone, batch.Gone, "these events are no longer kept", "")
		p.Oldest, p.Archive = in.Oldest, f.cfg.Archive
		p.Detail = fmt.Sprintf("the oldest kept is event %d", p.Oldest)
		return p
	case errors.Is(err, ErrAhead):
		p := batch.NewProblem(http.StatusRequestedRangeNotSatisfiable, batch.Ahead, "the edge has fewer events than the cursor", "")
		p.Head = f.cfg.Position.Head()
		p.Detail = fmt.Sprintf("the last event here is %d: this edge may have been rolled back, call a person", p.Head)
		return p
	}
	f.cfg.Logger.Error("events cannot be read", "error", err)
	return unavailable(err)
}

// await waits until there is an event behind seq. It holds nothing but one of
// the caller's four waits.
func (f *Feed) await(ctx context.Context, who *consumer, seq uint64, wait time.Duration) *batch.Problem {
	if wait <= 0 || f.cfg.Position.Head() > seq {
		return nil
	}
	if !who.enter() {
		return tooMany("waits")
	}
	defer who.leave()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	_ = f.cfg.Log.Wait(ctx, seq) // out of time: an empty batch
	return nil
}

// batch reads events into room and makes their head.
func (f *Feed) batch(at batch.Place, limit int, room *[]byte) (*batch.Head, []byte, *batch.Problem) {
	chunk, err := f.cfg.Log.Read(at.Epoch, at.Seq, limit, batch.MaxBody, (*room)[:0])
	if err != nil {
		return nil, nil, f.unreadable(err, Epoch{Oldest: at.Seq + 1})
	}
	*room = chunk.Lines
	if chunk.Count == 0 {
		chunk.Prev, chunk.Last = at.Hash, at.Hash
	}
	last := at.Seq + uint64(chunk.Count)
	return &batch.Head{Site: f.cfg.Site, Epoch: at.Epoch, Instance: f.instance, First: at.Seq + 1, Last: last,
		Count: chunk.Count, SHA256: batch.Hex(sha256.Sum256(chunk.Lines)),
		PrevHash: batch.Hex(chunk.Prev), LastHash: batch.Hex(chunk.Last),
		Next: f.codec.Encode(batch.Place{Epoch: at.Epoch, Seq: last, Hash: chunk.Last}),
		Head: f.cfg.Position.Head()}, chunk.Lines, nil
}

// seal makes the head of a batch that reaches the end of a sealed epoch open the
// next one.
func (f *Feed) seal(h *batch.Head, in, next Epoch) {
	if h.Head = in.Head; h.Last == in.Head {
		h.Sealed, h.Next = true, f.codec.Encode(opening(next.ID))
	}
}

func badCursor(detail string) *batch.Problem {
	return batch.NewProblem(http.StatusBadRequest, batch.BadCursor, "the cursor or limit cannot be read", detail)
}

func tooMany(what string) *batch.Problem {
	return batch.NewProblem(http.StatusTooManyRequests, batch.TooMany, "too many "+what+" with this key", "end another request first")
}
