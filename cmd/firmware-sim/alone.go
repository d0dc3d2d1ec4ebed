package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// chance are the flags of every device that is played alone.
type chance struct {
	Seed    uint64  `help:"Makes a run repeatable." default:"1"`
	Speed   float64 `help:"How many times faster than real time." default:"1"`
	Faults  string  `help:"Fault script: what goes wrong, when, for how long (TOML)." placeholder:"FILE"`
	Control string  `help:"Address of the HTTP port that works the device by hand." default:"127.0.0.1:0"`
	Log     string  `help:"debug, info, warn." default:"info" enum:"debug,info,warn"`
}

// broker are the flags of devices that speak MQTT.
type broker struct {
	Site        string `help:"Site in the topics (dc/SITE/…)." default:"ICN1"`
	User        string `help:"User name at the broker." placeholder:"NAME"`
	PasswordEnv string `help:"Environment variable with the password." placeholder:"NAME"`
}

func (b broker) at(url string) wire.Broker {
	w := wire.Broker{URL: url, User: b.User}
	if b.PasswordEnv != "" {
		w.Password = os.Getenv(b.PasswordEnv)
	}
	return w
}

// player reads the fault script for the devices that are played.
func (c chance) player(s *std, devices ...fault.Device) (*fault.Player, error) {
	var steps []fault.Step
	if c.Faults != "" {
		text, err := os.ReadFile(c.Faults)
		if err != nil {
			return nil, err
		}
		if steps, err = fault.Read(text); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Faults, err)
		}
	}
	p, err := fault.NewPlayer(steps, devices, c.Speed, logger(s.err, c.Log))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Faults, err)
	}
	return p, nil
}

// machine is a device that runs.
type machine interface {
	Run(ctx context.Context) error
	Ready() <-chan struct{}
}

// alone runs a device, its script and what a person does at it until ctx ends.
// say is printed when the host can reach it; the script and the person begin then,
// and meet what the script breaks from the start.
func alone(s *std, m machine, p *fault.Player, say func() string, hands ...func(context.Context) error) error {
	after := func(run func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return nil
			case <-m.Ready():
				p.Begin()
				return run(ctx)
			}
		}
	}
	parts := []func(context.Context) error{m.Run, after(p.Run), after(func(context.Context) error {
		_, err := fmt.Fprintln(s.out, say())
		return err
	})}
	for _, h := range hands {
		parts = append(parts, after(h))
	}
	return wire.Together(s.ctx, parts...)
}

// lines gives the lines of a file ("-" is standard input) one after another, with
// a rest between them; blank lines and lines with # are left out.
func lines(s *std, name string, every time.Duration, speed float64, do func(line string) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if name == "" {
			return nil
		}
		in := s.in
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		next := make(chan string)
		failed := make(chan error, 1)
		go read(ctx, in, next, failed) // a terminal may never give another line
		for {
			select {
			case <-ctx.Done():
				return nil
			case err := <-failed:
				return err
			case line := <-next:
				if err := do(line); err != nil {
					return err
				}
			}
			timer := time.NewTimer(time.Duration(float64(every) / speed))
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			timer.Stop()
		}
	}
}

// read sends line after line until the end, which it tells as nil.
func read(ctx context.Context, r io.Reader, next chan<- string, failed chan<- error) {
	scan := bufio.NewScanner(r)
	for scan.Scan() {
		line := strings.TrimSuffix(scan.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case next <- line:
		}
	}
	failed <- scan.Err()
}
