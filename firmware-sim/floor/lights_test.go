package floor

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A crew presses the lights of its wall. On a floor without people nobody does but
// whoever came to: by scan of the cell, or at the port for hands.
func TestWhoPressesTheLights(t *testing.T) {
	plan, err := ReadPlan([]byte("site = \"X\"\n[http]\nlisten = \"a:1\"\n[mqtt]\nlisten = \"a:2\"\n[[device]]\nname = \"W1-1\"\ndriver = \"light\"\nlink = \"mqtt:\"\n"))
	require.NoError(t, err)
	crew, err := New(Config{Plan: plan, Pace: time.Second, Staff: Staff{Pickers: 2}})
	require.NoError(t, err)
	require.Equal(t, time.Second, crew.press())
	alone, err := New(Config{Plan: plan, Pace: time.Second})
	require.NoError(t, err)
	require.Zero(t, alone.press())

	press := func(name string) (int, string) {
		w := httptest.NewRecorder()
		alone.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/lights/"+name+"/press", nil))
		return w.Code, w.Body.String()
	}
	code, body := press("W1-1")
	require.Equal(t, http.StatusOK, code)
	require.JSONEq(t, `{"pressed":true}`, body)
	code, _ = press("W1-9")
	require.Equal(t, http.StatusNotFound, code)
}
