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

/*
 * Up to here, words beat the start-up of a string instruction, and the hardened checks of a general
 * copy, which the bounds here make needless: places and lengths come from the queue, not the user.
 */
#define MAILSLOT_COPY_WORDS_MAX	(IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ? 512 : 0)

#define copy_units_in(type, to, from, left, fault)						\
	while ((left) >= sizeof(type)) {							\
		unsafe_get_user(*(type *)(to), (const type __user *)(from), fault);		\
		(to) += sizeof(type);								\
		(from) += sizeof(type);								\
		(left) -= sizeof(type);								\
	}

#define copy_units_out(type, to, from, left, fault)						\
	while ((left) >= sizeof(type)) {							\
		unsafe_put_user(*(const type *)(from), (type __user *)(to), fault);		\
		(to) += sizeof(type);								\
		(from) += sizeof(type);								\
		(left) -= sizeof(type);								\
	}

static __always_inline bool copy_words_in(void *to, const void __user *from, size_t left)
{
	if (!user_read_access_begin(from, left))
		return false;
	copy_units_in(unsigned long, to, from, left, fault);
	copy_units_in(u8, to, from, left, fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

static __always_inline bool copy_words_out(void __user *to, const void *from, size_t left)
{
	if (!user_write_access_begin(to, left))
		return false;
	copy_units_out(unsigned long, to, from, left, fault);
	copy_units_out(u8, to, from, left, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

static __always_inline bool copy_piece_in(void *to, const void __user *from, size_t length)
{
	if (length <= MAILSLOT_COPY_WORDS_MAX)
		return copy_words_in(to, from, length);
	return !copy_from_user(to, from, length);
}

static __always_inline bool copy_piece_out(void __user *to, const void *from, size_t length)
{
	if (length <= MAILSLOT_COPY_WORDS_MAX)
		return copy_words_out(to, from, length);
	return !copy_to_user(to, from, length);
}

bool __mailslot_copy_in(struct mailslot_place to, const void __user *from, size_t length);
bool __mailslot_copy_out(void __user *to, struct mailslot_place from, size_t length);
void mailslot_copy_bytes_in(struct mailslot_place to, const void *from, size_t length);
bool mailslot_copy_iter_in(struct mailslot_place to, struct iov_iter *from, size_t length);
bool mailslot_copy_iter_out(struct iov_iter *to, struct mailslot_place from, size_t length);

/* Returns whether all bytes were copied. */
static __always_inline bool mailslot_copy_in(struct mailslot_place to, const void __user *from,
					     size_t length)
{
	if (likely(length <= PAGE_SIZE - to.offset))
		return copy_piece_in((void *)to.block + to.offset, from, length);
	return __mailslot_copy_in(to, from, length);
}

/* Returns whether all bytes were copied. */
static __always_inline bool mailslot_copy_out(void __user *to, struct mailslot_place from,
					      size_t length)
{
	if (likely(length <= PAGE_SIZE - from.offset))
		return copy_piece_out(to, (void *)from.block + from.offset, length);
	return __mailslot_copy_out(to, from, length);
}

#endif
