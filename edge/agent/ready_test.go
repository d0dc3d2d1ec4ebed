package agent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/engine"
	"dcedge/edge/store"
	"dcedge/edge/web"
)

func TestReadySaysWhichPartKeepsScansOut(t *testing.T) {
	fine := func(context.Context) error { return nil }
	waits := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		change func(*ready)
		want   string
	}{
		"all is well":          {func(*ready) {}, ""},
		"the floor is stuck":   {func(r *ready) { r.floor = waits }, "floorBusy"},
		"a new epoch":          {func(r *ready) { r.floor = func(context.Context) error { return errClosed("restored") } }, "floorClosed"},
		"the disk is full":     {func(r *ready) { r.free = func() (uint64, error) { return roomOnDisk - 1, nil } }, "storeFull"},
		"nobody knows":         {func(r *ready) { r.free = func() (uint64, error) { return 0, errors.New("stale") } }, "diskUnknown"},
		"the store is behind":  {func(r *ready) { r.room = waits }, "storeBehind"},
		"the store found none": {func(r *ready) { r.room = func(context.Context) error { return fmt.Errorf("%w: x", store.ErrFull) } }, "storeFull"},
		"a scan was refused":   {func(r *ready) { r.note(fmt.Errorf("%w: x", engine.ErrFull)) }, "storeFull"},
		"and the next was not": {func(r *ready) { r.note(engine.ErrFull); r.note(nil) }, ""},
		"another fault":        {func(r *ready) { r.note(engine.ErrFull); r.note(engine.ErrLookup) }, "storeFull"},
		"that was long ago":    {func(r *ready) { r.note(engine.ErrFull); r.now = func() time.Time { return time.Now().Add(refusedFor) } }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &ready{floor: fine, room: fine, free: func() (uint64, error) { return roomOnDisk, nil }, now: time.Now}
			c.change(r)
			err := r.check(t.Context())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var not *web.NotReady
			require.ErrorAs(t, err, &not)
			assert.Equal(t, c.want, not.Code)
			assert.NotEmpty(t, not.Detail)
		})
	}
}

// An edge on a full disk is alive and not ready.
func TestAFullDiskIsNotReady(t *testing.T) {
	address := make(chan string, 1)
	a, err := Open(configOf(t, plain), env, quiet(), func(at string) { address <- at })
	require.NoError(t, err)
	a.ready.free = func() (uint64, error) { return 1 << 20, nil }
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	url := "http://" + <-address
	status := func(path string) int {
		r, err := http.Get(url + path)
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
		return r.StatusCode
	}
	assert.Equal(t, http.StatusServiceUnavailable, status("/readyz"))
	assert.Equal(t, http.StatusOK, status("/healthz"))
	stop()
	require.NoError(t, <-ended)
	require.NoError(t, a.Close())
	free, err := freeBytes(a.cfg.Data)
	require.NoError(t, err)
	assert.Positive(t, free)
}
