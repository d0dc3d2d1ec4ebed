package pull

import (
	"context"
	"log/slog"
	"time"

	"dcedge/edge/supervise"
)

// Site asks an edge for its site's name until it answers; "" when ctx ends
// first. An error is final.
func Site(ctx context.Context, client *Client, log *slog.Logger) (string, error) {
	var wake supervise.Backoff
	for try := 0; ; try++ {
		st, err := client.Status(ctx)
		switch {
		case err == nil:
			return st.Site, nil
		case ctx.Err() != nil:
			return "", nil
		case final(err):
			return "", advise(err)
		}
		if try%20 == 0 {
			log.Warn("edge cannot be reached", "url", client.URL(), "tries", try+1, "error", err)
		}
		if !pause(ctx, &wake) {
			return "", nil
		}
	}
}

// pause waits before the next try; false: ctx has ended.
func pause(ctx context.Context, wake *supervise.Backoff) bool {
	t := time.NewTimer(wake.Next())
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
