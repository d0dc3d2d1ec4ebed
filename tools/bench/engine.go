package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"syscall"
)

// result is what `edge bench` prints as its last line.
type result struct {
	N     int     `json:"n"`
	Secs  float64 `json:"secs"`
	P50us float64 `json:"p50_us"`
	P99us float64 `json:"p99_us"`
	Bytes int     `json:"bytes"`

	cpu float64 // processor time of the whole process, microseconds a message
}

func (r result) rate() float64 { return float64(r.N) / r.Secs }

// row collects the rounds of one number of scanners.
type row struct {
	scanners    int
	goal        float64
	edge, raw   sample // messages a second
	ratio, p50  sample
	p99, rawP50 sample
	cpu, rawCPU sample
	bytes       int
}

func (b *bencher) engineFast(ctx context.Context) error {
	rows := []*row{{scanners: 1, goal: .90}, {scanners: 16, goal: .70}, {scanners: 128, goal: .60}, {scanners: 512, goal: .55}}
	fmt.Fprint(b.out, "`edge bench --scanners N --seconds S` against `--raw --bytes B` of as many bytes.\n\n")
	return b.engine(ctx, nil, rows)
}

// slowFlush adds 3 ms to each fdatasync of what it runs. --seccomp-bpf stops
// the process at these calls alone.
func slowFlush() []string {
	return []string{"strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=3000"}
}

func (b *bencher) engineSlow(ctx context.Context) error {
	prefix := slowFlush()
	if out, err := exec.CommandContext(ctx, prefix[0], append(slowFlush()[1:], "true")...).CombinedOutput(); err != nil {
		fmt.Fprintf(b.log, "SKIPPED: no strace that works here (%v %s): nothing was measured with a slow flush\n", err, out)
		fmt.Fprintf(b.out, "**SKIPPED**: strace is missing or may not trace here (`make setup-test` installs it).\n")
		return nil
	}
	rows := []*row{{scanners: 1, goal: .95}, {scanners: 16, goal: .95}, {scanners: 128, goal: .90}, {scanners: 512, goal: .85}}
	fmt.Fprint(b.out, "Both under `strace -f --seccomp-bpf -e inject=fdatasync:delay_enter=3000`.\n\n")
	if err := b.engine(ctx, prefix, rows); err != nil {
		return err
	}
	if rows[0].rawP50.median() < 3000 {
		fmt.Fprintf(b.out, "\n**NOT VALID**: a raw flush took %.0f us, so the delay was not added.\n", rows[0].rawP50.median())
	}
	return nil
}

func (b *bencher) engine(ctx context.Context, prefix []string, rows []*row) error {
	for round := range b.rounds {
		for _, r := range rows {
			if err := b.pair(ctx, prefix, r, round%2 == 1); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(b.out, "| scanners | edge, messages/s | raw, messages/s | ratio, median (min..max) | goal | B/message | p50 us, edge / raw | p99 us, edge | CPU us a message, edge / raw |")
	fmt.Fprintln(b.out, "| --: | --: | --: | --: | --: | --: | --: | --: | --: |")
	for _, r := range rows {
		fmt.Fprintf(b.out, "| %d | %.0f | %.0f | **%s** | %.2f | %d | %.0f / %.0f | %.0f | %.1f / %.1f |\n", r.scanners, r.edge.median(), r.raw.median(),
			r.ratio.spread("%.2f"), r.goal, r.bytes, r.p50.median(), r.rawP50.median(), r.p99.median(), r.cpu.median(), r.rawCPU.median())
	}
	return nil
}

// pair runs edge and limit one after the other, every other round the limit
// first, with the bytes of the edge's last run.
func (b *bencher) pair(ctx context.Context, prefix []string, r *row, rawFirst bool) error {
	var e, raw result
	steps := []func() error{
		func() (err error) {
			e, err = b.edgeBench(ctx, prefix, "--scanners", fmt.Sprint(r.scanners))
			r.bytes = e.Bytes
			return err
		},
		func() (err error) {
			raw, err = b.edgeBench(ctx, prefix, "--scanners", fmt.Sprint(r.scanners), "--raw", "--bytes", fmt.Sprint(r.bytes))
			return err
		},
	}
	if rawFirst {
		steps[0], steps[1] = steps[1], steps[0]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	r.edge, r.raw, r.ratio = append(r.edge, e.rate()), append(r.raw, raw.rate()), append(r.ratio, e.rate()/raw.rate())
	r.p50, r.p99, r.rawP50 = append(r.p50, e.P50us), append(r.p99, e.P99us), append(r.rawP50, raw.P50us)
	r.cpu, r.rawCPU = append(r.cpu, e.cpu), append(r.rawCPU, raw.cpu)
	return nil
}

func (b *bencher) edgeBench(ctx context.Context, prefix []string, args ...string) (r result, err error) {
	line := append(append([]string{}, prefix...), b.edge, "bench", "--dir", b.dir, "--seconds", fmt.Sprint(b.seconds))
	line = append(line, args...)
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.SysProcAttr = ownGroup()
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) } // strace and what it traces
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		return r, fmt.Errorf("edge bench %v: %w: %s", args, err, said.String())
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &r); err != nil || r.N == 0 || r.Secs <= 0 {
		return r, fmt.Errorf("edge bench %v printed no result: %q", args, out.String())
	}
	used := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	r.cpu = float64(used.Microseconds()) / float64(r.N)
	return r, nil
}
