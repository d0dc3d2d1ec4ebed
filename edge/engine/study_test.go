package engine

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestStudyFolderKeepsTheNewest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "study")
	s, err := NewStudyFolder(dir, quietLog())
	require.NoError(t, err)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for i := range studyMany + 5 {
		m := edge.Message{Kind: edge.Scan, At: at.Add(time.Duration(i) * time.Second), Code: "c", Args: edge.Args{PIN: "1234"}}
		require.NoError(t, s.write(studied{Message: m, Panic: "boom"}))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, studyMany)
	b, err := os.ReadFile(filepath.Join(dir, entries[0].Name()))
	require.NoError(t, err)
	assert.NotContains(t, string(b), "1234")
	var w studied
	require.NoError(t, json.Unmarshal(b, &w))
	assert.True(t, w.Message.At.Equal(at.Add(5*time.Second)))
	info, err := entries[0].Info()
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestStudyFolderDoesNotBlock(t *testing.T) {
	s, err := NewStudyFolder(t.TempDir(), quietLog())
	require.NoError(t, err)
	for range 100 {
		s.Keep(edge.Message{}, "boom", nil)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.NoError(t, s.Run(ctx))
	_, err = NewStudyFolder("", nil)
	require.Error(t, err)
}
