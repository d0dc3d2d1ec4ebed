// Package journal is the segment log of the edge: the truth that everything
// else is rebuilt from.
//
// A log is a folder of segments NNNNNNNNNNNN.seg. A segment is a header of 512
// bytes and then frames, one after another; behind the last frame it is
// zero-filled, written ahead in the background so that a flush of a batch
// writes no metadata. A segment is used once and never again.
//
// Frame (little-endian, padded with zeros to 8 bytes):
//
//	 0  u32  CRC32C of everything behind it, padding included
//	 4  u32  length of the line
//	 8  u64  epoch tag: the first 8 bytes of SHA-256(epoch text)
//	16  u8   kind
//	17  u8   flags: bit 0 = last frame of its message
//	18  u16  magic
//	20  u32  back: pos-back is `synced`, the last pos known flushed
//	24  u64  pos, dense over all frames of the log from 1
//	32  u64  seq, dense over events of the epoch from 1; on others that of the
//	         event before
//	40  32B  chain
//	72       the exact line
//
// Two hash chains run through a log. On an Event the chain field is that of
// the sync contract: hash(n) = SHA-256(hash(n-1) || line), hash(0) =
// SHA-256(epoch text). On every other kind it is SHA-256 over the frame's bytes
// 16 to the end of the line with the chain field holding the hash of the
// non-event frame before; it starts at SHA-256("private\n" || epoch text). So
// private records, their order and their place among the events are
// tamper-evident too, and the events' chain can be checked by an outsider who
// never sees them. A Mark is no record: it repeats the pos, seq and event
// chain before it and says only that everything up to there is flushed.
//
// A log may have several epochs, one behind another: a new one begins when the
// folder was restored, copied or put back, so that nobody takes two histories
// for one. Its first segment says in its header which epoch, seq, pos and hash
// it follows; that is the seal of the epoch before. In a new epoch seq and both
// chains begin anew, pos goes on: so who follows frames by pos (the store) goes
// across a seal without knowing. All segments of an epoch repeat its origin.
//
// Invariants:
//
//   - A new epoch is there whole or not at all: its first segment has its name
//     when it is flushed. What was sealed is never written again and stays
//     readable.
//   - One Append is one write and one fdatasync on one segment file. Its frames
//     say in `synced` that everything before the batch is flushed. A flush that
//     failed is an unknown: the log is dead and is never flushed again.
//   - A message is there whole or not at all.
//   - What is at or below any `synced`, or a floor that the caller knows, is
//     never cut: if it is bad that is damage, and Open refuses.
//   - After Open every frame that can be read has been flushed by this process
//     or is proven by a later frame: the unproven tail is copied to a new
//     segment under a temporary name, flushed and renamed, because the page
//     cache may show what the disk does not hold.
//   - Only flushed frames are readable; a frame is checked (CRC, epoch,
//     density) whenever it is read. Readers hold no lock and no file between
//     calls.
//
// The package imports the standard library only.
package journal
