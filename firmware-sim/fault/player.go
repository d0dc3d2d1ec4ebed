package fault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Player plays a script against devices.
type Player struct {
	speed float64
	log   *slog.Logger

	begin sync.Once
	began time.Time
	plan  []planned // what is still to come
	ends  []end
}

type planned struct {
	Step
	act func() func()
}

// NewPlayer checks that every step names a device that is there and something
// that the device can do; it returns ErrScript. Speed 0 is 1, log may be nil.
func NewPlayer(steps []Step, devices []Device, speed float64, log *slog.Logger) (*Player, error) {
	if speed <= 0 {
		speed = 1
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p := &Player{speed: speed, log: log}
	var faults []error
	for _, s := range steps {
		i := slices.IndexFunc(devices, func(d Device) bool { return d.Name() == s.Device })
		if i < 0 {
			faults = append(faults, fmt.Errorf("fault %d: no device %q is played (%s)", s.N, s.Device, played(devices)))
			continue
		}
		act, err := devices[i].Prepare(s.What)
		if err != nil {
			faults = append(faults, fmt.Errorf("fault %d: %s: %w", s.N, s.Device, err))
			continue
		}
		p.plan = append(p.plan, planned{s, act})
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrScript, errors.Join(faults...))
	}
	slices.SortStableFunc(p.plan, func(a, b planned) int { return int(a.After - b.After) })
	return p, nil
}

func played(devices []Device) string {
	var all []string
	for _, d := range devices {
		all = append(all, d.Name())
	}
	return strings.Join(all, ", ")
}

// end is the end of a step.
type end struct {
	at   time.Duration
	step Step
	undo func()
}

// Begin starts the script's time and breaks what is broken from the start, so that
// whoever begins after it meets it so. Run does it where nobody did.
func (p *Player) Begin() {
	p.begin.Do(func() {
		p.began = time.Now()
		for len(p.plan) > 0 && p.plan[0].After <= 0 {
			p.next()
		}
	})
}

// next does the next step.
func (p *Player) next() {
	s := p.plan[0]
	p.plan = p.plan[1:]
	undo := s.act()
	p.log.Info("fault", "device", s.Device, "after", s.After, "for", s.For, "what", string(s.What))
	if s.For > 0 && undo != nil {
		p.ends = append(p.ends, end{s.After + s.For, s.Step, undo})
	}
}

// Run plays the script to its end, or until ctx ends; it returns nil. What is
// still broken when ctx ends stays broken.
func (p *Player) Run(ctx context.Context) error {
	p.Begin()
	for len(p.plan) > 0 || len(p.ends) > 0 {
		slices.SortStableFunc(p.ends, func(a, b end) int { return int(a.at - b.at) })
		if len(p.ends) > 0 && (len(p.plan) == 0 || p.ends[0].at <= p.plan[0].After) {
			e := p.ends[0]
			if !p.until(ctx, p.began, e.at) {
				return nil
			}
			e.undo()
			p.log.Info("fault over", "device", e.step.Device, "at", e.at)
			p.ends = p.ends[1:]
			continue
		}
		if !p.until(ctx, p.began, p.plan[0].After) {
			return nil
		}
		p.next()
	}
	return nil
}

// until waits until a time of the script; false: ctx ended.
func (p *Player) until(ctx context.Context, began time.Time, at time.Duration) bool {
	timer := time.NewTimer(time.Duration(float64(at)/p.speed) - time.Since(began))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
