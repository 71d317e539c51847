// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plain model of a queue beside the real one. Every step does the same to both and says what was
 * found wrong, or NULL. Nothing of KUnit is in here: the fuzzer runs it in userspace.
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include "queue_model.h"

/* What a message's bytes and its record's fields are made of: its number. */
static u8 body_byte(u64 number, size_t i)
{
	return number * 131 + i * 7 + (i >> 8) * 13 + (i >> 16);
}

static struct mailslot_block *blocks_new(unsigned long count, u32 payer)
{
	struct mailslot_block *first = NULL;

	while (count--) {
		struct mailslot_block *block = (void *)__get_free_page(GFP_KERNEL | __GFP_NOFAIL);

		/* No record, no byte may be taken from what was there before. */
		memset(block, 0x5a, PAGE_SIZE);
		mailslot_block_init(block);
		block->payer = payer;
		block->next = first;
		first = block;
	}
	return first;
}

static unsigned long blocks_count(const struct mailslot_block *block)
{
	unsigned long count = 0;

	for (; block; block = block->next)
		count++;
	return count;
}

/* Those at the front that one cgroup pays for. */
static unsigned long blocks_paid_by(const struct mailslot_block *block, u32 payer)
{
	unsigned long count = 0;

	for (; block && block->payer == payer; block = block->next)
		count++;
	return count;
}

static unsigned long blocks_drop(struct mailslot_block *block)
{
	unsigned long count = 0;

	while (block) {
		struct mailslot_block *next = block->next;

		memset(block, 0x5b, PAGE_SIZE);
		free_page((unsigned long)block);
		block = next;
		count++;
	}
	return count;
}

static void message_fill(struct mailslot_place at, u64 number, u32 length)
{
	struct mailslot_record *record = mailslot_place_record(at);
	struct mailslot_place body = mailslot_place_body(at);
	size_t i = 0, piece;

	record->time = number * 3;
	record->pid = (struct pid *)(uintptr_t)(number * 16);
	record->uid = KUIDT_INIT(number * 5);
	record->gid = KGIDT_INIT(number * 7);
	record->length = length;
	while (i < length) {
		u8 *bytes = mailslot_place_piece(&body, length - i, &piece);
		size_t end = i + piece;

		while (i < end)
			*bytes++ = body_byte(number, i++);
	}
}

static const char *message_check(struct mailslot_place at, u64 number, u32 length)
{
	const struct mailslot_record *record = mailslot_place_record(at);
	struct mailslot_place body = mailslot_place_body(at);
	size_t i = 0, piece;

	if (at.offset % 8 || at.offset < MAILSLOT_BLOCK_START)
		return "a record is not aligned";
	if (at.offset > PAGE_SIZE - MAILSLOT_RECORD_SIZE)
		return "a record straddles two blocks";
	if (record->length != length)
		return "a message has another length";
	if (record->time != number * 3 || record->pid != (struct pid *)(uintptr_t)(number * 16) ||
	    !uid_eq(record->uid, KUIDT_INIT(number * 5)) ||
	    !gid_eq(record->gid, KGIDT_INIT(number * 7)))
		return "a record has changed, or is another message's";
	while (i < length) {
		const u8 *bytes = mailslot_place_piece(&body, length - i, &piece);
		size_t end = i + piece;

		if (!piece || piece > length)
			return "a piece of no length, or beyond the message";
		while (i < end)
			if (*bytes++ != body_byte(number, i++))
				return "a message's bytes have changed";
	}
	return NULL;
}

/* What must hold between any two steps. */
static const char *queue_check(const struct queue_model *model)
{
	const struct mailslot_queue *queue = &model->queue;

	if (queue->written != model->written || queue->read != model->read ||
	    mailslot_queue_count(queue) != model->written - model->read)
		return "messages are counted wrong";
	if (queue->bytes_written != model->bytes_written || queue->bytes_read != model->bytes_read)
		return "bytes are counted wrong";
	if (blocks_count(queue->tail->next) != queue->spares)
		return "spare blocks are counted wrong";
	if (blocks_count(mailslot_queue_blocks(queue)) != model->blocks)
		return "a block was lost, or is there twice";
	if (model->written != model->read)
		return message_check(mailslot_queue_head(queue), model->read,
				     model->lengths[model->read % QUEUE_MODEL_MESSAGES]);
	return NULL;
}

static bool full(const struct queue_model *model, u32 length)
{
	return model->written - model->read >= QUEUE_MODEL_MESSAGES ||
	       model->bytes_written - model->bytes_read + length > QUEUE_MODEL_BYTES;
}

static void appended(struct queue_model *model, u32 length)
{
	model->lengths[model->written % QUEUE_MODEL_MESSAGES] = length;
	model->written++;
	model->bytes_written += length;
}

static void donate(struct queue_model *model, unsigned long count)
{
	mailslot_queue_donate(&model->queue, blocks_new(count, model->payer));
	model->blocks += count;
}

static const char *step_append(struct queue_model *model, u32 length)
{
	struct mailslot_queue *queue = &model->queue;
	struct mailslot_place at;
	unsigned long missing;

	if (full(model, length))
		return NULL;
	missing = mailslot_queue_reserve(queue, length, &at);
	if (missing > 1) {
		/* One less than it asked for is too little; no block more is needed. */
		donate(model, missing - 1);
		missing = mailslot_queue_reserve(queue, length, &at);
		if (missing != 1)
			return "the queue asked for more blocks than it needs";
	}
	if (missing) {
		donate(model, 1);
		if (mailslot_queue_reserve(queue, length, &at))
			return "the queue asked for fewer blocks than it needs";
	}
	message_fill(at, model->written, length);
	mailslot_queue_commit(queue, at, length);
	appended(model, length);
	return NULL;
}

static const char *step_link(struct queue_model *model, u32 length)
{
	unsigned long count = mailslot_blocks_for(length), taken;
	bool several = count > 1;
	struct mailslot_block *blocks, *last;
	struct mailslot_place at;
	struct mailslot_end end;

	if (full(model, length))
		return NULL;
	/* As a writer does: what the queue has to spare, and new ones. */
	blocks = mailslot_queue_take(&model->queue, count / 2, model->payer, &taken);
	if (taken > count / 2 || blocks_count(blocks) != taken ||
	    blocks_paid_by(blocks, model->payer) != taken)
		return "more blocks were taken than asked for, or not as many as said";
	if (blocks) {
		for (last = blocks; last->next; last = last->next)
			;
		last->next = blocks_new(count - taken, model->payer);
	} else {
		blocks = blocks_new(count, model->payer);
	}
	at = (struct mailslot_place){ blocks, MAILSLOT_BLOCK_START };
	end = mailslot_place_end(at, length);
	if (!end.place.block || end.place.block->next || !!end.before != several ||
	    (end.before && end.before->next != end.place.block))
		return "a message of its own blocks does not end in the last of them";
	message_fill(at, model->written, length);
	mailslot_queue_link(&model->queue, blocks, end.place, length);
	model->blocks += count - taken;
	appended(model, length);
	return NULL;
}

static struct mailslot_end place_end(struct mailslot_place at)
{
	return mailslot_place_end(at, mailslot_place_record(at)->length);
}

static const char *step_consume(struct queue_model *model)
{
	struct mailslot_block *garbage = NULL;
	struct mailslot_end end;

	if (model->written == model->read)
		return NULL;
	end = place_end(mailslot_queue_head(&model->queue));
	model->bytes_read += model->lengths[model->read % QUEUE_MODEL_MESSAGES];
	model->read++;
	/* With the end and without. */
	mailslot_queue_consume(&model->queue, model->read % 2 ? &end : NULL, &garbage);
	if (garbage && model->queue.spares < MAILSLOT_SPARES_BUSY)
		return "a block was thrown away that could have been kept";
	model->blocks -= blocks_drop(garbage);
	return NULL;
}

static const char *step_walk(struct queue_model *model)
{
	struct mailslot_place at = mailslot_queue_head(&model->queue);
	const char *wrong;
	u64 number;

	for (number = model->read; number != model->written; number++) {
		if (number != model->read)
			at = mailslot_place_next(place_end(at).place);
		wrong = message_check(at, number, model->lengths[number % QUEUE_MODEL_MESSAGES]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *step_take(struct queue_model *model, u32 most)
{
	unsigned long own = blocks_paid_by(model->queue.tail->next, model->payer), taken;
	struct mailslot_block *blocks, *last;

	blocks = mailslot_queue_take(&model->queue, most, model->payer, &taken);
	if (taken != min_t(unsigned long, most, own) || blocks_count(blocks) != taken)
		return "not as many spare blocks were taken as were there of that payer";
	if (blocks_paid_by(blocks, model->payer) != taken)
		return "a spare block was taken that another cgroup pays for";
	if (!blocks)
		return NULL;
	for (last = blocks; last->next; last = last->next)
		;
	last->next = model->taken;
	model->taken = blocks;
	model->taken_count += taken;
	model->blocks -= taken;
	return NULL;
}

static const char *step_donate(struct queue_model *model)
{
	struct mailslot_block *block;

	if (!model->taken)
		return NULL;
	for (block = model->taken; block; block = block->next)
		mailslot_block_init(block);
	mailslot_queue_donate(&model->queue, model->taken);
	model->blocks += model->taken_count;
	model->taken = NULL;
	model->taken_count = 0;
	return NULL;
}

static const char *step_trim(struct queue_model *model)
{
	model->blocks -= blocks_drop(mailslot_queue_trim(&model->queue));
	if (model->queue.spares)
		return "spare blocks are left after all were taken";
	if (model->written == model->read && model->blocks)
		return "an empty queue keeps a block after all were taken";
	return NULL;
}

static const char *step_settle(struct queue_model *model)
{
	unsigned long before = model->queue.spares;

	model->blocks -= blocks_drop(mailslot_queue_settle(&model->queue));
	if (model->queue.spares != min_t(unsigned long, before, MAILSLOT_SPARES))
		return "not as many spare blocks are left as are to be kept";
	return NULL;
}

void queue_model_init(struct queue_model *model)
{
	memset(model, 0, sizeof(*model));
	mailslot_queue_init(&model->queue);
}

/**
 * queue_model_step() - do one thing to the queue and the model, and compare
 * @model: both
 * @step: what
 * @argument: a message's length or a number of blocks; otherwise of no account
 *
 * Return: NULL, or what was found wrong: nothing may be done any more then.
 */
const char *queue_model_step(struct queue_model *model, enum queue_step step, u32 argument)
{
	const char *wrong = NULL;

	switch (step) {
	case QUEUE_STEP_APPEND:
		wrong = step_append(model, argument);
		break;
	case QUEUE_STEP_LINK:
		wrong = step_link(model, argument);
		break;
	case QUEUE_STEP_CONSUME:
		wrong = step_consume(model);
		break;
	case QUEUE_STEP_DRAIN:
		while (!wrong && argument-- && model->written != model->read) {
			wrong = step_consume(model);
			if (!wrong)
				wrong = queue_check(model);
		}
		break;
	case QUEUE_STEP_WALK:
		wrong = step_walk(model);
		break;
	case QUEUE_STEP_TAKE:
		wrong = step_take(model, argument);
		break;
	case QUEUE_STEP_DONATE:
		wrong = step_donate(model);
		break;
	case QUEUE_STEP_TRIM:
		wrong = step_trim(model);
		break;
	case QUEUE_STEP_SETTLE:
		wrong = step_settle(model);
		break;
	case QUEUE_STEP_PAYER:
		model->payer = argument % 3;
		break;
	default:
		break;
	}
	return wrong ?: queue_check(model);
}

/**
 * queue_model_end() - look at every message a last time and free all blocks
 * @model: the queue and the model
 *
 * Return: as queue_model_step().
 */
const char *queue_model_end(struct queue_model *model)
{
	const char *wrong = step_walk(model);

	if (wrong)
		return wrong;
	if (blocks_drop(model->taken) != model->taken_count ||
	    blocks_drop(mailslot_queue_blocks(&model->queue)) != model->blocks)
		return "a block was lost, or is there twice";
	return NULL;
}
