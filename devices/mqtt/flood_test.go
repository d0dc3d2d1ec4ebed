package mqtt

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
)

// TestAnEyeThatChattersIsToldAndLeftOut: its line says so and what to do, whoever
// follows it hears once that it is gone, and once that it is back.
func TestAnEyeThatChattersIsToldAndLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, err := NewInbox("ICN1", []Device{{Name: "eye-1", Class: PhotoEye, Most: 200}}, nil)
		require.NoError(t, err)
		var heard []string
		hear := func() {
			for m, ok := in.pop(); ok; m, ok = in.pop() {
				heard = append(heard, fmt.Sprint(m.What, m.Online))
			}
		}
		online := func() { in.take("dc/ICN1/photoeye/eye-1/online", []byte("true"), false, never(t)) }
		condition := func() devices.Condition { st, _ := in.Status("eye-1"); return st.Condition }
		online()
		hear()
		heard = nil
		for n := range 30_000 { // 2000 a second
			in.take("dc/ICN1/photoeye/eye-1/state", state(fmt.Sprint(n)), false, never(t))
			hear()
			if n > 200 {
				require.Equal(t, devices.Flooding, condition())
			}
			if n == 9_000 {
				online() // it says that it is there, and goes on
			}
			time.Sleep(time.Second / 2000)
		}
		assert.Len(t, heard, 201, "no more of them are looked at")
		assert.Equal(t, "onlinefalse", heard[200])
		st, _ := in.Status("eye-1")
		assert.Contains(t, st.Hint, "clean and align")
		assert.EqualValues(t, 30_000-200, st.Junk)

		heard = nil
		time.Sleep(devices.Calm / 2)
		in.take("dc/ICN1/photoeye/eye-1/state", state("calm"), false, never(t))
		hear()
		assert.Empty(t, heard, "it is not believed yet")
		time.Sleep(devices.Calm / 2)
		synctest.Wait()
		hear()
		assert.Equal(t, devices.Ready, condition())
		in.take("dc/ICN1/photoeye/eye-1/state", state("well"), false, never(t))
		hear()
		assert.Equal(t, []string{"onlinetrue", "statefalse"}, heard)

		for n := range 300 {
			in.take("dc/ICN1/photoeye/eye-1/state", state(fmt.Sprint("again", n)), false, never(t))
		}
		in.allOffline("no connection to the broker")
		time.Sleep(2 * devices.Calm)
		assert.Equal(t, devices.Offline, condition(), "what is away is not there again by being quiet")
	})
}

// TestADeviceThatInventsReadsIsPaced: it fills neither the journal nor the way of the
// others, and what it really has to say gets through.
func TestADeviceThatInventsReadsIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := site(t)
		in.paces = true
		say := func(topic, id string) taken {
			w, _ := in.take(topic, read(id), false, func(bool) {})
			return w
		}
		got := map[taken]int{}
		for n := range 20_000 { // 2000 a second
			got[say(tunnelRead, fmt.Sprint(n))]++
			if m, ok := in.pop(); ok {
				Received{m, in}.Ack()
			}
			time.Sleep(time.Second / 2000)
		}
		assert.Equal(t, map[taken]int{queued: 10 * mostDurable, early: 20_000 - 10*mostDurable}, got)
		st, _ := in.Status("tunnel-1")
		assert.Equal(t, "flood", st.LastErrorCode)
		assert.Equal(t, devices.Offline, st.Condition, "it is as it was")
		assert.Equal(t, queued, say(tunnelRead, "19999"), "sent again, it gets through")
		for n := range 2 * mostDurable { // one in hand is no new one
			require.Equal(t, queued, say(tunnelRead, "19999"), n)
		}
	})
}

// TestAnotherBrokersMessagesAreAllStored: what a tunnel could not say while the broker
// was away comes at once, and what is not stored is not acknowledged.
func TestAnotherBrokersMessagesAreAllStored(t *testing.T) {
	in := site(t)
	for n := range maxDurable {
		w, _ := in.take(tunnelRead, read(fmt.Sprint(n)), false, func(bool) {})
		require.Equal(t, queued, w, n)
	}
}
