package store

import (
	"errors"
	"fmt"
	"os"
)

// Bulk runs fn, during which generations are written without a flush, and
// flushes at the end: for a long replay, which can be done again. A marker
// stands beside the file meanwhile; what is found with it, because the process
// ended or fn failed, is thrown away by the next Open or Reset.
func (s *Store) Bulk(fn func() error) error {
	if err := s.beginBulk(); err != nil {
		return fmt.Errorf("store: bulk: %w", err)
	}
	if err := fn(); err != nil {
		return err
	}
	if err := s.Flush(); err != nil {
		return err
	}
	s.gen.Lock()
	defer s.gen.Unlock()
	if err := s.endBulk(); err != nil {
		return fmt.Errorf("store: bulk: %w", err)
	}
	return nil
}

func (s *Store) beginBulk() error {
	s.gen.Lock()
	defer s.gen.Unlock()
	f, err := os.OpenFile(s.path(bulkName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(s.flushFile(f), f.Close(), s.syncDir()); err != nil {
		return err
	}
	s.bulk, s.db.NoSync = true, true
	return nil
}

// endBulk makes everything written durable and only then takes the marker
// away; s.gen is held.
func (s *Store) endBulk() error {
	s.bulk, s.db.NoSync = false, s.opts.NoSync
	if !s.opts.NoSync {
		if err := s.db.Sync(); err != nil {
			return err
		}
	}
	if err := os.Remove(s.path(bulkName)); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	return s.syncDir()
}

// dropBulk throws away what an unfinished Bulk left.
func (s *Store) dropBulk() error {
	if _, err := os.Stat(s.path(bulkName)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	s.opts.Logger.Warn("store was being rebuilt when the process ended: it is begun again")
	if err := os.Remove(s.path(fileName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.syncDir(); err != nil {
		return err
	}
	if err := os.Remove(s.path(bulkName)); err != nil {
		return err
	}
	return s.syncDir()
}
