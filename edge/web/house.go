package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"sync"
	"time"

	"dcedge/edge/board"
)

// checkLabel is a test label that was printed for a worker to scan back.
type checkLabel struct {
	code, station, printer string
	at                     time.Time
}

// checkLabels are those of the last minutes; the zero value is usable.
type checkLabels struct {
	mu  sync.Mutex
	all map[string]checkLabel // by worker
}

const checkFor = 15 * time.Minute

func (l *checkLabels) of(worker string, now time.Time) *checkLabel {
	l.mu.Lock()
	defer l.mu.Unlock()
	x, there := l.all[worker]
	if !there || now.Sub(x.at) > checkFor {
		return nil
	}
	return &x
}

func (l *checkLabels) put(worker string, x checkLabel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]checkLabel{}
	}
	for w, old := range l.all {
		if x.at.Sub(old.at) > checkFor {
			delete(l.all, w)
		}
	}
	l.all[worker] = x
}

// House prints labels of the house: what no order is behind. Errors: *DeviceFault.
type House interface {
	PrintHouse(ctx context.Context, printer string, l HouseLabel) error
}

// HouseLabel is one of them; Badge chooses the form of a badge.
type HouseLabel struct {
	Badge             bool
	Code, Title, Note string
}

// testLabel prints a label at a desk that the packer scans back: it proves
// printer, paper and scanner.
func (c *call) testLabel() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	if c.session.Practice {
		return &problem{status: http.StatusConflict, code: "practice", detail: "nothing is printed for practice"}
	}
	if c.s.deps.House == nil {
		return notFound()
	}
	desks := c.s.deps.Board.Desks(c.s.cfg.Stations, c.session.Worker)
	i := slices.IndexFunc(desks, func(d board.Desk) bool { return d.Name == in.name })
	if i < 0 {
		return notFound()
	}
	x := checkLabel{code: "CHECK-" + rand.Text()[:8], station: in.name, printer: desks[i].Printer, at: c.s.deps.Now()}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("shift.label", x.printer, x.station)); err != nil {
		return c.s.fromAccess(err)
	}
	c.s.checks.put(c.session.Worker, x)
	if err := c.s.deps.House.PrintHouse(ctx, x.printer, HouseLabel{Code: x.code, Title: x.station, Note: cmp.Or(x.printer, "-")}); err != nil {
		return deviceProblem(err)
	}
	return c.answer(http.StatusOK, map[string]string{"station": x.station, "printer": x.printer})
}
