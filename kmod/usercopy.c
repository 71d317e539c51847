// SPDX-License-Identifier: GPL-2.0-only
/* Copying message bytes that go over the ends of blocks, or come from or go to an iov_iter. */
#include "usercopy.h"

bool __mailslot_copy_in(struct mailslot_place to, const void __user *from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&to, length, &piece);

		if (!copy_piece_in(address, from, piece))
			return false;
		from += piece;
		length -= piece;
	}
	return true;
}

bool __mailslot_copy_out(void __user *to, struct mailslot_place from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&from, length, &piece);

		if (!copy_piece_out(to, address, piece))
			return false;
		to += piece;
		length -= piece;
	}
	return true;
}

void mailslot_copy_bytes_in(struct mailslot_place to, const void *from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&to, length, &piece);

		memcpy(address, from, piece);
		from += piece;
		length -= piece;
	}
}

bool mailslot_copy_iter_in(struct mailslot_place to, struct iov_iter *from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&to, length, &piece);

		if (!copy_from_iter_full(address, piece, from))
			return false;
		length -= piece;
	}
	return true;
}

bool mailslot_copy_iter_out(struct iov_iter *to, struct mailslot_place from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&from, length, &piece);

		if (copy_to_iter(address, piece, to) != piece)
			return false;
		length -= piece;
	}
	return true;
}
