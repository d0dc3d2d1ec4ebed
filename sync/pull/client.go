package pull

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"dcedge/sync/batch"
)

const (
	maxHead   = 64 << 10
	maxBatch  = batch.MaxBody + 128<<10 // a batch, and one event over
	maxAnswer = 1 << 20
	patience  = time.Minute // beyond the wait that was asked for
)

// Client speaks to one edge. Its methods may be called from any goroutine.
type Client struct {
	base *url.URL
	key  string
	http *http.Client
}

// NewClient proves address and key. doer nil: a plain client.
func NewClient(address, key string, doer *http.Client) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("pull: %q is no http or https address", address)
	}
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= 0x20 || r > 0x7e }) {
		return nil, errors.New("pull: the key is empty or not plain text")
	}
	if doer == nil {
		doer = &http.Client{}
	}
	return &Client{base: u, key: key, http: doer}, nil
}

// URL is the edge's address.
func (c *Client) URL() string { return c.base.String() }

// Query asks for a batch.
type Query struct {
	After string
	Limit int
	Wait  time.Duration
}

// Events asks for one batch: its head and the event lines as they came. They
// are not proven yet.
func (c *Client) Events(ctx context.Context, q Query) (*batch.Head, []byte, error) {
	v := url.Values{}
	if q.After != "" {
		v.Set("after", q.After)
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Wait > 0 {
		v.Set("wait", strconv.FormatFloat(q.Wait.Seconds(), 'f', -1, 64))
	}
	ctx, cancel := context.WithTimeout(ctx, q.Wait+2*patience)
	defer cancel()
	resp, err := c.do(ctx, http.MethodGet, "events?"+v.Encode(), nil)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	var body io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "zstd" {
		z, err := zstd.NewReader(resp.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(32<<20))
		if err != nil {
			return nil, nil, fmt.Errorf("pull: zstd: %w", err)
		}
		defer z.Close()
		body = z
	}
	all, err := io.ReadAll(io.LimitReader(body, maxHead+maxBatch+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", batch.ErrTorn, err)
	}
	first, lines, ok := bytes.Cut(all, []byte{'\n'})
	if !ok || len(first) > maxHead || len(lines) > maxBatch {
		return nil, nil, fmt.Errorf("%w: no head, or more than a batch holds", batch.ErrTorn)
	}
	head, err := batch.ParseHead(first)
	return head, lines, err
}

// Ack tells that everything before a cursor is stored.
func (c *Client) Ack(ctx context.Context, a batch.Ack) error {
	var out batch.Acked
	return c.post(ctx, "ack", a, &out)
}

// Lease takes the lease, or keeps the one given.
func (c *Client) Lease(ctx context.Context, old string) (string, error) {
	var out batch.Lease
	err := c.post(ctx, "lease", struct {
		Lease string `json:"lease,omitempty"`
	}{old}, &out)
	if err == nil && out.Lease == "" {
		err = errors.New("pull: the edge gave no lease")
	}
	return out.Lease, err
}

// Status asks where the edge stands.
func (c *Client) Status(ctx context.Context) (*batch.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	resp, err := c.do(ctx, http.MethodGet, "status", nil)
	if err != nil {
		return nil, err
	}
	var out batch.Status
	return &out, decode(resp, &out)
}

// Epochs asks for the edge's lineage.
func (c *Client) Epochs(ctx context.Context) ([]batch.Epoch, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	resp, err := c.do(ctx, http.MethodGet, "epochs", nil)
	if err != nil {
		return nil, err
	}
	var out []batch.Epoch
	err = decode(resp, &out)
	return out, err
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("pull: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	resp, err := c.do(ctx, http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	return decode(resp, out)
}

// do gives a 200 answer, or the problem that came in its place.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+"/sync/v1/"+path, body)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept-Encoding", "zstd")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	return nil, ProblemOf(resp)
}

// ProblemOf reads the problem document of an answer that is no 200.
func ProblemOf(resp *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxHead))
	var p batch.Problem
	if err == nil && json.Unmarshal(text, &p) == nil && p.Code != "" {
		return &p
	}
	return fmt.Errorf("pull: the edge answers %s and no problem document", resp.Status)
}

func decode(resp *http.Response, into any) error {
	defer func() { _ = resp.Body.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("pull: answer cut: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("pull: answer is no JSON of the contract: %w", err)
	}
	return nil
}
