// SPDX-License-Identifier: GPL-2.0-only
/* Copies of message bytes that go over the ends of blocks, or that use an iov_iter. */
#include <linux/sched.h>

#include "compat.h"
#include "usercopy.h"

/* A message with that many pieces is never copied under the lock, so this may sleep. */
static __always_inline void copy_rest(unsigned int pieces)
{
	if (unlikely(pieces % 256 == 0))
		cond_resched();
}

static __always_inline bool copy_piece_out(void __user *to, const void *from, size_t length)
{
	if (length <= MAILSLOT_COPY_WORDS_MAX)
		return mailslot_copy_words_out(to, from, length);
	return !_copy_to_user(to, from, length);
}

/**
 * __mailslot_copy_in() - copy a message in that is long or goes over the end of a block
 * @to: the place of the message's first byte
 * @from: user memory
 * @length: its length
 *
 * Context: process context, may sleep; or with page faults disabled and the slot locked, for at
 * most MAILSLOT_COPY_LOCKED_MAX bytes.
 * Return: whether all bytes were copied.
 */
bool __mailslot_copy_in(struct mailslot_place to, const void __user *from, size_t length)
{
	unsigned int pieces = 0;

	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&to, length, &piece);

		if (!mailslot_copy_piece_in(address, from, piece))
			return false;
		from += piece;
		length -= piece;
		copy_rest(++pieces);
	}
	return true;
}

/**
 * __mailslot_copy_out() - copy a message out that is long or goes over the end of a block
 * @to: user memory
 * @from: the place of the message's first byte
 * @length: its length
 *
 * Context: as __mailslot_copy_in().
 * Return: whether all bytes were copied.
 */
bool __mailslot_copy_out(void __user *to, struct mailslot_place from, size_t length)
{
	unsigned int pieces = 0;

	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&from, length, &piece);

		if (!copy_piece_out(to, address, piece))
			return false;
		to += piece;
		length -= piece;
		copy_rest(++pieces);
	}
	return true;
}

/**
 * mailslot_copy_across() - copy a short message from blocks of its own to its place in the queue
 * @to: the new place of the message's first byte
 * @from: the present place of the first byte
 * @length: how many bytes, at most MAILSLOT_PACKED_MAX
 *
 * Context: any, the slot locked.
 */
void mailslot_copy_across(struct mailslot_place to, struct mailslot_place from, size_t length)
{
	while (length) {
		size_t piece;
		const void *source = mailslot_place_piece(&from, length, &piece);

		length -= piece;
		while (piece) {
			size_t part;
			void *address = mailslot_place_piece(&to, piece, &part);

			memcpy(address, source, part);
			source += part;
			piece -= part;
		}
	}
}

/**
 * mailslot_copy_iter_in() - copy a message in from an iov_iter
 * @to: the place of its first byte
 * @from: the iterator; advanced or not
 * @length: the message's length
 *
 * Context: process context, may sleep.
 * Return: whether all bytes were copied.
 */
bool mailslot_copy_iter_in(struct mailslot_place to, struct iov_iter *from, size_t length)
{
	unsigned int pieces = 0;

	if (iter_is_ubuf(from))
		return __mailslot_copy_in(to, from->ubuf + from->iov_offset, length);
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&to, length, &piece);

		if (copy_from_iter(address, piece, from) != piece)
			return false;
		length -= piece;
		copy_rest(++pieces);
	}
	return true;
}

/**
 * mailslot_copy_iter_out() - copy a message out to an iov_iter
 * @to: the iterator; advanced or not
 * @from: the place of the message's first byte
 * @length: its length
 *
 * Context: process context, may sleep.
 * Return: whether all bytes were copied.
 */
bool mailslot_copy_iter_out(struct iov_iter *to, struct mailslot_place from, size_t length)
{
	unsigned int pieces = 0;

	if (iter_is_ubuf(to))
		return __mailslot_copy_out(to->ubuf + to->iov_offset, from, length);
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&from, length, &piece);

		if (copy_to_iter(address, piece, to) != piece)
			return false;
		length -= piece;
		copy_rest(++pieces);
	}
	return true;
}
