package devices_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/devices"
)

func TestFaultClasses(t *testing.T) {
	f := &devices.Fault{Device: "printer-1", Op: "open", Class: devices.Permanent, Hint: "correct the address", Err: io.ErrUnexpectedEOF}
	wrapped := fmt.Errorf("supervisor: %w", f)
	assert.Equal(t, devices.Permanent, devices.ClassOf(wrapped))
	assert.Equal(t, "correct the address", devices.HintOf(wrapped))
	assert.ErrorIs(t, wrapped, io.ErrUnexpectedEOF)
	assert.Equal(t, "supervisor: printer-1: open: unexpected EOF", wrapped.Error())

	plain := errors.New("x")
	assert.Equal(t, devices.Transient, devices.ClassOf(plain))
	assert.Empty(t, devices.HintOf(plain))
	assert.Equal(t, []string{"transient", "permanent", "corrupt"},
		[]string{devices.Transient.String(), devices.Permanent.String(), devices.Corrupt.String()})
}

// Screens have words for a fault by its code, and a fault that is wrapped has it too.
func TestFaultCodes(t *testing.T) {
	for want, f := range map[string]*devices.Fault{
		"open":        {Op: "open", Class: devices.Permanent, Err: io.EOF},
		"unreadable":  {Op: "read", Class: devices.Corrupt, Err: io.EOF},
		"flood":       {Op: "read", Class: devices.Corrupt, Err: fmt.Errorf("scan-1: %w", devices.ErrFlood)},
		"otherDevice": {Op: "session", Class: devices.Permanent, Err: io.EOF},
		"receive":     {Op: "receive", Class: devices.Corrupt, Err: io.EOF},
	} {
		assert.Equal(t, want, devices.CodeOf(fmt.Errorf("supervisor: %w", f)))
	}
	assert.Empty(t, devices.CodeOf(io.EOF))
}

func TestConditionsThatWork(t *testing.T) {
	for c, want := range map[devices.Condition]bool{devices.Ready: true, devices.Printing: true, devices.Offline: false,
		devices.NoPaper: false, devices.Silent: false, devices.Condition("new"): false} {
		assert.Equal(t, want, c.Works(), string(c))
	}
	assert.Equal(t, "unknown", devices.Unknown.String())
}

// halfway counts how it is ended.
type halfway struct {
	devices.Conn
	closed, aborted int
}

func (h *halfway) Close() error { h.closed++; return nil }

type abortable struct{ *halfway }

func (a abortable) Abort() error { a.aborted++; return nil }

func TestAbort(t *testing.T) {
	h := &halfway{}
	assert.NoError(t, devices.Abort(h))
	assert.NoError(t, devices.Abort(abortable{h}))
	assert.Equal(t, []int{1, 1}, []int{h.closed, h.aborted})
}
