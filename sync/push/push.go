package push

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"dcedge/edge/supervise"
	"dcedge/sync/batch"
)

const (
	partBytes = 1 << 20
	partLines = 2000
	maxAnswer = 4 << 20
)

// Config says where to push.
type Config struct {
	URL    string // of the edge, as http://host:port
	Key    string
	HTTP   *http.Client // nil: a plain one
	Days   int          // moves every date by so many days
	Told   func(Progress)
	Tries  int           // of one part before giving up; 0: 20
	Time   time.Duration // for one try of one part; 0: 2 minutes
	Wake   supervise.Backoff
	Logger *slog.Logger
}

// Progress is what the edge has on disk so far.
type Progress struct {
	Bytes int64 // of the file
	Lines int
}

// Summary counts every line that is not blank.
type Summary struct {
	Lines     int
	Accepted  int
	Unchanged int
	Refused   int
	Rejected  []batch.Rejected // the first 1,000; Line is the file's
	Revision  string
}

// Run pushes everything that r holds. With an error the summary tells what was
// answered before it.
func Run(ctx context.Context, cfg Config, r io.Reader) (Summary, error) {
	if cfg.Logger == nil || cfg.Key == "" || !strings.HasPrefix(cfg.URL, "http://") && !strings.HasPrefix(cfg.URL, "https://") {
		return Summary{}, errors.New("push: an http or https address, a key and a logger are all needed")
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{}
	}
	if cfg.Tries <= 0 {
		cfg.Tries = 20
	}
	if cfg.Time <= 0 {
		cfg.Time = 2 * time.Minute
	}
	p := &pusher{cfg: cfg}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		err := p.part(in)
		if p.lines > 0 {
			if err := p.send(ctx); err != nil {
				return p.sum, err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return p.sum, nil
		case err != nil:
			return p.sum, fmt.Errorf("push: %w", err)
		}
	}
}

type pusher struct {
	cfg  Config
	sum  Summary
	done Progress

	body   bytes.Buffer
	lines  int   // in the part that are not blank
	passed int   // lines of the file in the part, blank ones too
	read   int64 // bytes of the file in the part
}

// part reads the next part of the file.
func (p *pusher) part(in *bufio.Reader) error {
	p.body.Reset()
	p.lines, p.passed, p.read = 0, 0, 0
	for p.passed < partLines && p.body.Len() < partBytes {
		line, err := in.ReadBytes('\n')
		p.read += int64(len(line))
		if len(line) > 0 {
			p.passed++
			if len(bytes.TrimSpace(line)) > 0 {
				p.lines++
			}
			p.body.Write(Move(bytes.TrimSuffix(line, []byte{'\n'}), p.cfg.Days))
			p.body.WriteByte('\n') // a blank line keeps the others' numbers
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// send sends the part until it is answered.
func (p *pusher) send(ctx context.Context) error {
	for try := 1; ; try++ {
		out, err := p.post(ctx)
		if err == nil {
			return p.count(out)
		}
		var problem *batch.Problem
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if try >= p.cfg.Tries || errors.As(err, &problem) && problem.Status < 500 && problem.Status != http.StatusTooManyRequests {
			return fmt.Errorf("push: lines %d to %d: %w", p.done.Lines+1, p.done.Lines+p.passed, err)
		}
		p.cfg.Logger.Warn("push is tried again", "line", p.done.Lines+1, "try", try, "error", err)
		t := time.NewTimer(p.cfg.Wake.Next())
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

func (p *pusher) post(ctx context.Context) (*batch.Pushed, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Time)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(p.cfg.URL, "/")+"/sync/v1/reference", bytes.NewReader(p.body.Bytes()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+p.cfg.Key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := p.cfg.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("answer cut: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		var problem batch.Problem
		if json.Unmarshal(text, &problem) == nil && problem.Code != "" {
			return nil, &problem
		}
		return nil, fmt.Errorf("the edge answers %s", resp.Status)
	}
	var out batch.Pushed
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("answer is no JSON of the contract: %w", err)
	}
	return &out, nil
}

func (p *pusher) count(out *batch.Pushed) error {
	p.cfg.Wake.Reset()
	if n := out.Accepted + out.Unchanged + out.RejectedTotal; n != p.lines {
		return fmt.Errorf("push: %d lines were sent, the edge answered for %d", p.lines, n)
	}
	s := &p.sum
	s.Lines += p.lines
	s.Accepted += out.Accepted
	s.Unchanged += out.Unchanged
	s.Refused += out.RejectedTotal
	s.Revision = out.Revision
	for _, r := range out.Rejected[:min(len(out.Rejected), max(0, 1000-len(s.Rejected)))] {
		r.Line += p.done.Lines
		s.Rejected = append(s.Rejected, r)
	}
	p.done.Lines += p.passed
	p.done.Bytes += p.read
	if p.cfg.Told != nil {
		p.cfg.Told(p.done)
	}
	return nil
}
