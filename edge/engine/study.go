package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dcedge/edge"
)

// studyMany is how many inputs are kept; the oldest go first.
const studyMany = 100

// StudyFolder keeps inputs on which a rule failed as files in a folder that
// only this user can read: what was scanned may be anything.
type StudyFolder struct {
	dir    string
	logger *slog.Logger
	work   chan studied
}

type studied struct {
	Message edge.Message
	Panic   string
	Stack   string
}

var _ Study = (*StudyFolder)(nil)

// NewStudyFolder makes the folder if it is not there.
func NewStudyFolder(dir string, logger *slog.Logger) (*StudyFolder, error) {
	if dir == "" || logger == nil {
		return nil, errors.New("study folder: a folder and a logger are required")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("study folder: %w", err)
	}
	return &StudyFolder{dir: dir, logger: logger, work: make(chan studied, 16)}, nil
}

// Keep hands an input over. It does not wait: what comes faster than it can be
// written is dropped.
func (s *StudyFolder) Keep(m edge.Message, panicked any, stack []byte) {
	select {
	case s.work <- studied{Message: m, Panic: fmt.Sprint(panicked), Stack: string(stack)}:
	default:
	}
}

// Run writes what Keep got, until ctx ends.
func (s *StudyFolder) Run(ctx context.Context) error {
	for {
		select {
		case w := <-s.work:
			if err := s.write(w); err != nil {
				s.logger.Error("an input for study could not be kept", "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *StudyFolder) write(w studied) error {
	b, err := json.MarshalIndent(w, "", " ")
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%019d-%s.json", w.Message.At.UnixNano(), w.Message.ID)
	if err := os.WriteFile(filepath.Join(s.dir, name), b, 0o600); err != nil {
		return err
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for len(names) > studyMany {
		if err := os.Remove(filepath.Join(s.dir, names[0])); err != nil {
			return err
		}
		names = names[1:]
	}
	return nil
}
