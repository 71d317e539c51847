/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies of message bytes between blocks and user memory. The functions work in two contexts: with
 * page faults enabled; and between pagefault_disable() and pagefault_enable() under the slot's
 * lock, where they fail if they would need a page fault.
 */
#ifndef MAILSLOT_USERCOPY_H
#define MAILSLOT_USERCOPY_H

#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "queue.h"

/*
 * The most bytes that are copied under the lock: long enough to spare nearly all messages a second
 * section, short enough to bound what others wait.
 */
#define MAILSLOT_COPY_LOCKED_MAX	4096

/* The most bytes of a batch that are copied in one section of the lock. */
#define MAILSLOT_BATCH_LOCKED_MAX	(4 * MAILSLOT_COPY_LOCKED_MAX)

/* Longer messages are stored in blocks of their own, of which they fill at least half. */
#define MAILSLOT_PACKED_MAX	max(MAILSLOT_COPY_LOCKED_MAX, (int)(PAGE_SIZE / 2))

/*
 * Copies of up to this size are faster by words than by a string instruction, which starts slowly.
 */
#define MAILSLOT_COPY_WORDS_MAX	(IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ? 512 : 0)

/* Returns whether all bytes were copied, as all functions here do. */
static __always_inline bool mailslot_copy_words_in(void *to, const void __user *from, size_t left)
{
	const unsigned long __user *word = from;
	const u8 __user *byte;
	unsigned long *out = to;
	u8 *last;

	if (!user_read_access_begin(from, left))
		return false;
	for (; left >= 4 * sizeof(*out); left -= 4 * sizeof(*out), out += 4, word += 4) {
		unsafe_get_user(out[0], word, fault);
		unsafe_get_user(out[1], word + 1, fault);
		unsafe_get_user(out[2], word + 2, fault);
		unsafe_get_user(out[3], word + 3, fault);
	}
	for (; left >= sizeof(*out); left -= sizeof(*out), out++, word++)
		unsafe_get_user(*out, word, fault);
	for (last = (u8 *)out, byte = (const u8 __user *)word; left; left--, last++, byte++)
		unsafe_get_user(*last, byte, fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

static __always_inline bool mailslot_copy_words_out(void __user *to, const void *from, size_t left)
{
	unsigned long __user *word = to;
	const unsigned long *in = from;
	u8 __user *byte;
	const u8 *last;

	if (!user_write_access_begin(to, left))
		return false;
	for (; left >= 4 * sizeof(*in); left -= 4 * sizeof(*in), in += 4, word += 4) {
		unsafe_put_user(in[0], word, fault);
		unsafe_put_user(in[1], word + 1, fault);
		unsafe_put_user(in[2], word + 2, fault);
		unsafe_put_user(in[3], word + 3, fault);
	}
	for (; left >= sizeof(*in); left -= sizeof(*in), in++, word++)
		unsafe_put_user(*in, word, fault);
	for (last = (const u8 *)in, byte = (u8 __user *)word; left; left--, last++, byte++)
		unsafe_put_user(*last, byte, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

/*
 * _copy_from_user() is copy_from_user() without the hardened check of the kernel address, and
 * _copy_to_user() is the counterpart. The check tests whether the bytes lie within one page or
 * object. That is always true of what mailslot_place_piece() returns, and the pages of a ring are
 * mapped one behind the other.
 */
static __always_inline bool mailslot_copy_piece_in(void *to, const void __user *from, size_t length)
{
	if (length <= MAILSLOT_COPY_WORDS_MAX)
		return mailslot_copy_words_in(to, from, length);
	return !_copy_from_user(to, from, length);
}

/*
 * Convert a user address of the interface. It has 64 bits on every machine, but u64_to_user_ptr()
 * of a 32-bit kernel drops the high half. An address with a high half becomes the highest address,
 * where no program has memory, so that the copy fails.
 */
static __always_inline void __user *mailslot_user_ptr(u64 address)
{
	if (!IS_ENABLED(CONFIG_64BIT) && address >> 32)
		return (void __user *)~0UL;
	return u64_to_user_ptr(address);
}

/* unsafe_get_user() of a u64, which some 32-bit machines lack. */
#ifdef CONFIG_64BIT
#define mailslot_unsafe_get_u64(x, from, label)	unsafe_get_user(x, from, label)
#else
#define mailslot_unsafe_get_u64(x, from, label)					\
	do {									\
		const u32 __user *half_ = (const u32 __user *)(from);		\
		u32 *to_ = (u32 *)&(x);						\
		int i_;								\
										\
		for (i_ = 0; i_ < 2; i_++)					\
			unsafe_get_user(to_[i_], half_ + i_, label);		\
	} while (0)
#endif

/* Like copy_struct_from_user(), but with the usual size handled inline. */
static __always_inline int mailslot_copy_struct_in(void *to, size_t size, const void __user *from,
						   size_t given)
{
	if (likely(given == size))
		return mailslot_copy_words_in(to, from, size) ? 0 : -EFAULT;
	return copy_struct_from_user(to, size, from, given);
}

/*
 * Check an array entry that may be longer than the size this module knows. The extra bytes must be
 * zero, as with copy_struct_from_user(). Return 0, -E2BIG or -EFAULT.
 */
static __always_inline int mailslot_check_tail(const void __user *entry, size_t size, size_t given)
{
	int zero;

	if (likely(given == size))
		return 0;
	zero = check_zeroed_user(entry + size, given - size);
	if (zero < 0)
		return zero;
	return zero ? 0 : -E2BIG;
}

bool __mailslot_copy_in(struct mailslot_place to, const void __user *from, size_t length);
bool __mailslot_copy_out(void __user *to, struct mailslot_place from, size_t length);
void mailslot_copy_across(struct mailslot_place to, struct mailslot_place from, size_t length);
bool mailslot_copy_iter_in(struct mailslot_place to, struct iov_iter *from, size_t length);
bool mailslot_copy_iter_out(struct iov_iter *to, struct mailslot_place from, size_t length);

static __always_inline bool copy_is_short(struct mailslot_place at, size_t length)
{
	return length <= PAGE_SIZE - at.offset && length <= MAILSLOT_COPY_WORDS_MAX;
}

static __always_inline bool mailslot_copy_in(struct mailslot_place to, const void __user *from,
					     size_t length)
{
	if (likely(copy_is_short(to, length)))
		return mailslot_copy_words_in((void *)to.block + to.offset, from, length);
	return __mailslot_copy_in(to, from, length);
}

static __always_inline bool mailslot_copy_out(void __user *to, struct mailslot_place from,
					      size_t length)
{
	if (likely(copy_is_short(from, length)))
		return mailslot_copy_words_out(to, (void *)from.block + from.offset, length);
	return __mailslot_copy_out(to, from, length);
}

#endif
