/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying message bytes between blocks and user memory. These work in both worlds: with page faults
 * served, and between pagefault_disable() and pagefault_enable() under the slot's lock, where they
 * fail instead.
 */
#ifndef MAILSLOT_USERCOPY_H
#define MAILSLOT_USERCOPY_H

#include <linux/uaccess.h>
#include <linux/uio.h>

#include "queue.h"

/*
 * The most bytes that are copied under the lock: long enough to spare nearly all messages a second
 * section, short enough to bound what others wait.
 */
#define MAILSLOT_COPY_LOCKED_MAX	4096

/* Up to here, words beat the start-up of a string instruction. */
#define MAILSLOT_COPY_WORDS_MAX	(IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ? 512 : 0)

#define get_unit(type, to, from, n, fault)							\
	unsafe_get_user(((type *)(to))[n], (const type __user *)(from) + (n), fault)
#define put_unit(type, to, from, n, fault)							\
	unsafe_put_user(((const type *)(from))[n], (type __user *)(to) + (n), fault)

/* Four words a turn, then words, then bytes. */
#define copy_units(unit, to, from, left, fault)							\
do {												\
	for (; (left) >= 4 * sizeof(long); (left) -= 4 * sizeof(long)) {			\
		unit(long, to, from, 0, fault);							\
		unit(long, to, from, 1, fault);							\
		unit(long, to, from, 2, fault);							\
		unit(long, to, from, 3, fault);							\
		(to) += 4 * sizeof(long);							\
		(from) += 4 * sizeof(long);							\
	}											\
	for (; (left) >= sizeof(long); (left) -= sizeof(long)) {				\
		unit(long, to, from, 0, fault);							\
		(to) += sizeof(long);								\
		(from) += sizeof(long);								\
	}											\
	for (; (left); (left)--)								\
		unit(u8, (to)++, (from)++, 0, fault);						\
} while (0)

/* Returns whether all bytes were copied, as all functions here do. */
static __always_inline bool mailslot_copy_words_in(void *to, const void __user *from, size_t left)
{
	if (!user_read_access_begin(from, left))
		return false;
	copy_units(get_unit, to, from, left, fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

static __always_inline bool mailslot_copy_words_out(void __user *to, const void *from, size_t left)
{
	if (!user_write_access_begin(to, left))
		return false;
	copy_units(put_unit, to, from, left, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

bool __mailslot_copy_in(struct mailslot_place to, const void __user *from, size_t length);
bool __mailslot_copy_out(void __user *to, struct mailslot_place from, size_t length);
void mailslot_copy_bytes_in(struct mailslot_place to, const void *from, size_t length);
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
