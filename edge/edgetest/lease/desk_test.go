package lease

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"dcedge/edge"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
)

// outside is what people hold in their hands: the numbers that were shown to a
// packer or came out of a printer, and the box that each was for.
type outside struct {
	mu    sync.Mutex
	boxes map[string]map[string]bool // by number
}

func (o *outside) note(number, box string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.boxes[number] == nil {
		o.boxes[number] = map[string]bool{}
	}
	o.boxes[number][box] = true
}

// desk is one packer, who picks her own orders too.
type desk struct {
	n      int
	rnd    *rand.Rand
	out    *outside
	ids    uint64
	totes  int
	picked bool // a pick was tried last: pack next
}

func (d *desk) worker() string { return fmt.Sprintf("w-%d", d.n) }
func (d *desk) roles() []edge.Role {
	return []edge.Role{edge.Picker, edge.Packer}
}

func (d *desk) send(ctx context.Context, e *engine.Engine, m *edge.Message) (edge.Verdict, error) {
	d.ids++
	var r [10]byte
	r[0], r[1] = byte(d.n), byte(d.ids>>16)
	r[8], r[9] = byte(d.ids>>8), byte(d.ids)
	m.ID, m.Worker, m.Roles, m.Device = edge.NewID(e.Now(), r), d.worker(), d.roles(), "desk"
	m.Hash = [16]byte(append(r[:], "hash.."...))
	return e.Submit(ctx, m)
}

func (d *desk) act(ctx context.Context, e *engine.Engine, rev uint64, action string, args edge.Args) (edge.Verdict, error) {
	return d.send(ctx, e, &edge.Message{Kind: edge.Act, Action: action, Args: args, Rev: rev})
}

func (d *desk) scan(ctx context.Context, e *engine.Engine, code string) error {
	_, err := d.send(ctx, e, &edge.Message{Kind: edge.Scan, Code: code})
	return err
}

// step does what the screen asks for; done tells that no number is left.
func (d *desk) step(ctx context.Context, e *engine.Engine) (done bool, err error) {
	sc, err := e.Screen(ctx, d.worker(), d.roles())
	if err != nil {
		return false, err
	}
	switch {
	case sc.Step == "noNumber":
		return true, nil
	case sc.Flow == edge.Idle:
		return false, d.start(ctx, e, sc)
	case sc.Flow == edge.Pick && sc.Step == "tote":
		d.totes++
		return false, d.scan(ctx, e, fmt.Sprintf("TOTE-%05d", d.n*10000+d.totes))
	case sc.Step == "printing":
		return false, d.print(ctx, e, sc)
	case sc.Step == "inDoubt":
		_, err := d.act(ctx, e, sc.Rev, "printed", edge.Args{Outcome: []string{"yes", "no"}[d.rnd.IntN(2)]})
		return false, err
	case sc.Step == "waybill" && len(sc.Expect) > 0:
		d.out.note(sc.Expect[0].Code, sc.Expect[0].Box)
		if d.rnd.IntN(8) == 0 { // the label tore: a new number
			_, err := d.act(ctx, e, sc.Rev, "void", edge.Args{Reason: "torn"})
			return false, err
		}
		return false, d.scan(ctx, e, sc.Expect[0].Code)
	case sc.Step == "held": // its own number is void
		_, err := d.act(ctx, e, sc.Rev, "leave", edge.Args{})
		return false, err
	case len(sc.Expect) > 0 && sc.Expect[0].Code != "":
		return false, d.scan(ctx, e, sc.Expect[0].Code)
	}
	_, err = d.act(ctx, e, sc.Rev, "close", edge.Args{})
	return false, err
}

func (d *desk) start(ctx context.Context, e *engine.Engine, sc *edge.Screen) error {
	args := edge.Args{Flow: edge.Pick}
	if d.picked {
		args = edge.Args{Flow: edge.Pack, Station: fmt.Sprintf("pack-%d", d.n)}
	}
	_, err := d.act(ctx, e, sc.Rev, "start", args)
	if err == nil {
		d.picked = !d.picked // the other one next, also where there was nothing to do
	}
	return err
}

// print plays edge/printing: an intent is on disk before a label comes out.
func (d *desk) print(ctx context.Context, e *engine.Engine, sc *edge.Screen) error {
	var box edge.Box
	var last edge.AttemptStatus
	err := e.Read(ctx, func(v floor.View) {
		if len(sc.Expect) > 0 {
			if b := v.State.Box(sc.Expect[0].Box); b != nil {
				box = *b
			}
		}
		if a := v.State.Attempt(box.Print.Attempt); a != nil {
			last = a.Status
		}
	})
	if err != nil || box.ID == "" {
		return err
	}
	report := func(stage edge.Stage, attempt string) (edge.Verdict, error) {
		return e.Submit(ctx, &edge.Message{Kind: edge.Print, Body: &edge.PrintReport{Stage: stage, Attempt: attempt, Box: box.ID,
			Printer: fmt.Sprintf("p%d", d.n), Copy: box.Print.Copy, Hash: "00", Evidence: "odometer"}})
	}
	if !box.Print.Wanted && (last == edge.AttemptIntent || last == edge.AttemptSent) { // before the crash
		_, err := report(edge.StageInDoubt, box.Print.Attempt)
		return err
	}
	v, err := report(edge.StageIntent, box.Print.NextAttempt)
	if err != nil || !v.OK {
		return err
	}
	d.out.note(box.Waybill, box.ID) // the bytes are on their way
	for _, stage := range []edge.Stage{edge.StageSent, edge.StagePrinted} {
		if _, err := report(stage, v.Answer); err != nil {
			return err
		}
	}
	return nil
}
