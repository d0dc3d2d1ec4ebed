package wire

import (
	"context"
	"errors"
	"sync"
)

var errEnd = errors.New("wire: the end")

// Together runs all parts until ctx ends or one of them fails; then it ends the
// others, waits for them, and gives the failure (nil where ctx ended). A part
// that returns nil before ctx ends is done and no fault.
func Together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(errEnd)
	var group sync.WaitGroup
	for _, part := range parts {
		group.Go(func() {
			if err := part(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	switch err := context.Cause(ctx); {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errEnd):
		return nil
	default:
		return err
	}
}
