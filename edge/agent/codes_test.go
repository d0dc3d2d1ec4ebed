package agent

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
	"dcedge/edge/web"
	"dcedge/labels/waybill"
)

// standing is an engine that notes what is done while its floor stands still.
type standing struct {
	t       *testing.T
	reading bool
	stopped error
	cat     *catalogue.Snapshot
}

func (s *standing) Catalogue() *catalogue.Snapshot { return s.cat }

func (s *standing) Now() time.Time {
	assert.False(s.t, s.reading, "a code is read while the floor stands still")
	return time.Unix(1, 0)
}

func (s *standing) Read(_ context.Context, fn func(floor.View)) error {
	require.False(s.t, s.reading, "a read within a read never ends")
	if s.stopped != nil {
		return s.stopped
	}
	s.reading = true
	fn(floor.View{State: floor.NewState()})
	s.reading = false
	return nil
}

func TestTheFloorDoesNotStandStillWhileACodeIsRead(t *testing.T) {
	engine := &standing{t: t, cat: catalogue.New()}
	c := codes{engine, waybill.Standard()}
	got, err := c.Explain(t.Context(), web.CodeQuestion{Input: "4006381333931"})
	require.NoError(t, err)
	assert.Equal(t, "04006381333931", got.(codeAnswer).GTIN)
	assert.Contains(t, got.(codeAnswer).Carriers, "cj")

	engine.stopped = context.Canceled
	_, err = c.Explain(t.Context(), web.CodeQuestion{Input: "4006381333931"})
	assert.ErrorIs(t, err, context.Canceled, "what no box was looked for is not told as none")
}
