package crew

import (
	"context"
	"time"
)

// reach is the screen with what this worker can take in the hand: boxes that are
// still on their way to the dock are left out.
func (w *worker) reach(s *screen) *screen {
	if w.crew.cfg.Boxes == nil || s.Flow != "load" || len(s.Expect) == 0 || s.Expect[0].Kind != "waybill" {
		return s
	}
	near := *s
	near.Expect = nil
	for _, e := range s.Expect {
		if e.Kind != "waybill" || e.Code != "" && w.crew.cfg.Boxes.Lies(e.Code) {
			near.Expect = append(near.Expect, e)
		}
	}
	return &near
}

const looksForBoxes = 15 // on the table of the hospital, in vain, before somebody helps elsewhere

// onTheWay waits for boxes that have not come to the dock yet.
func (w *worker) onTheWay(ctx context.Context) error {
	if err := w.watch(ctx, w.scaled(2*time.Second, 50*time.Millisecond)); err != nil {
		return err
	}
	s := w.screen
	if s.Flow != "load" || w.mayLoad(s) || len(s.Expect) == 0 {
		return nil
	}
	switch {
	case w.late(s) && s.can("close"):
		return w.after(w.press(ctx, "close", map[string]any{"reason": "cutOff"}))
	case w.quietFor(otherQuiet, 750*time.Millisecond) <= 0 && s.can("leave") && !w.late(s):
		if _, err := w.press(ctx, "leave", nil); err != nil {
			return err
		}
		w.flow++ // help elsewhere first
	}
	return nil
}

// lit waits for the button of a cell's light to be pressed, which somebody does
// who sees it, in real time; the cell of a dead light is scanned. Scanned too early the
// cell would meet an idle screen, and begin to be packed.
func (w *worker) lit(ctx context.Context, e expect) error {
	if err := w.watch(ctx, w.scaled(4*time.Second, 2*time.Second)); err != nil || !w.stillThere(e) {
		return err
	}
	return w.after(w.scan(ctx, e.Kind, e.Code))
}
