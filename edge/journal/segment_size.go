//go:build !smallsegments

package journal

const defaultSegmentBytes = 32 << 20
