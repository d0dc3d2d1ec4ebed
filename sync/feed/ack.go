package feed

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

const leaseTime = time.Minute

// ack takes everything before a cursor as safe at the consumer.
func (f *Feed) ack(w http.ResponseWriter, r *http.Request, who *consumer) {
	var ask batch.Ack
	if p := readBody(w, r, &ask); p != nil {
		fail(w, p)
		return
	}
	if p := who.fenced(ask.Lease, f.cfg.Now()); p != nil {
		fail(w, p)
		return
	}
	at, p := f.decode(ask.Cursor)
	if p == nil {
		_, _, p = f.shared(at)
	}
	if p != nil && p.Code != batch.Gone { // purged is acknowledged already
		fail(w, p)
		return
	}
	if err := f.people.move(r.Context(), who, place{Epoch: at.Epoch, Acked: at.Seq}); err != nil {
		f.cfg.Logger.Error("acknowledgement not written", "consumer", who.name, "error", err)
		fail(w, unavailable(err))
		return
	}
	acked := who.at()
	out := batch.Acked{Acked: acked.Acked}
	if acked.Epoch != f.cfg.Position.Epoch() {
		out.Epoch = acked.Epoch
	}
	answer(w, out)
}

// lease gives the fence to the caller who asked last; a caller who sends its
// own live lease keeps it for another minute.
func (f *Feed) lease(w http.ResponseWriter, r *http.Request, who *consumer) {
	var ask struct {
		Lease string `json:"lease"`
	}
	if p := readBody(w, r, &ask); p != nil {
		fail(w, p)
		return
	}
	now := f.cfg.Now()
	if ask.Lease != "" {
		if p := who.fenced(ask.Lease, now); p != nil {
			fail(w, p)
			return
		}
	}
	var token [16]byte
	_, _ = rand.Read(token[:]) // never fails (crypto/rand)
	who.lock.Lock()
	if ask.Lease == "" {
		who.lease = hex.EncodeToString(token[:])
	}
	who.until = now.Add(leaseTime)
	out := batch.Lease{Lease: who.lease, Expires: who.until.In(f.cfg.Zone).Format(edge.TimeLayout)}
	who.lock.Unlock()
	answer(w, out)
}

// fenced refuses who is not the holder of the live lease. While nobody holds
// one, an acknowledgement needs none.
func (c *consumer) fenced(lease string, now time.Time) *batch.Problem {
	c.lock.Lock()
	defer c.lock.Unlock()
	live := c.lease != "" && now.Before(c.until)
	mine := subtle.ConstantTimeCompare([]byte(lease), []byte(c.lease)) == 1
	if lease == "" && !live || lease != "" && live && mine {
		return nil
	}
	detail := "another puller of this consumer holds the lease"
	if lease != "" && !live {
		detail = "the lease has run out"
	}
	return batch.NewProblem(http.StatusConflict, batch.LeaseLost, "the lease is lost", detail)
}
