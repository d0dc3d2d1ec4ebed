//go:build smallsegments

package journal

// Small segments let the crash tests see many rotations in a short trace, and a
// disk fill up soon. A batch of the engine still fits.
const defaultSegmentBytes = 512 << 10
