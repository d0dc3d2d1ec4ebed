package fault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Player plays a script against devices.
type Player struct {
	speed float64
	log   *slog.Logger
	plan  []planned
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

// Run plays the script to its end, or until ctx ends; it returns nil. What is
// still broken when ctx ends stays broken.
func (p *Player) Run(ctx context.Context) error {
	began := time.Now()
	var ends []end
	next := 0
	for next < len(p.plan) || len(ends) > 0 {
		slices.SortStableFunc(ends, func(a, b end) int { return int(a.at - b.at) })
		if len(ends) > 0 && (next == len(p.plan) || ends[0].at <= p.plan[next].After) {
			if !p.until(ctx, began, ends[0].at) {
				return nil
			}
			ends[0].undo()
			p.log.Info("fault over", "device", ends[0].step.Device, "at", ends[0].at)
			ends = ends[1:]
			continue
		}
		s := p.plan[next]
		next++
		if !p.until(ctx, began, s.After) {
			return nil
		}
		undo := s.act()
		p.log.Info("fault", "device", s.Device, "after", s.After, "for", s.For, "what", string(s.What))
		if s.For > 0 && undo != nil {
			ends = append(ends, end{s.After + s.For, s.Step, undo})
		}
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
