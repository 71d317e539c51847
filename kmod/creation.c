// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CREATE on a directory of an instance. It opens the slot's name as open(2) does, so that all who
 * watch or forbid what a task opens and makes have their say; what open(2) cannot be told lies on a
 * list meanwhile, where the file system's end of the same call finds it.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mailslot.h>
#include <linux/uaccess.h>

#include "creation.h"
#include "server.h"

/**
 * mailslot_creation_recipe() - what the calling task is making by CREATE
 * @instance: where
 *
 * Context: process context.
 * Return: the recipe, which is valid until the task's CREATE returns; or NULL: it makes nothing, or
 * does so by open(2).
 */
const struct mailslot_recipe *mailslot_creation_recipe(struct mailslot_instance *instance)
{
	const struct mailslot_recipe *recipe = NULL;
	const struct mailslot_creation *creation;

	/* Only this task adds what it looks for, so a list that is empty now has nothing of it. */
	if (list_empty_careful(&instance->creations))
		return NULL;
	spin_lock(&instance->lock);
	list_for_each_entry(creation, &instance->creations, link) {
		if (creation->task == current) {
			recipe = &creation->recipe;
			break;
		}
	}
	spin_unlock(&instance->lock);
	return recipe;
}

static struct file *creation_open(struct mailslot_creation *creation, const struct path *dir,
				  int flags, umode_t mode)
{
	struct mailslot_instance *instance = mailslot_instance_of(dir->dentry->d_sb);
	struct file *file;

	creation->task = current;
	spin_lock(&instance->lock);
	list_add(&creation->link, &instance->creations);
	spin_unlock(&instance->lock);
	file = file_open_root(dir, creation->recipe.name, flags, mode);
	spin_lock(&instance->lock);
	list_del(&creation->link);
	spin_unlock(&instance->lock);
	return file;
}

static struct file *create(const struct path *dir, const struct mailslot_create *request)
{
	struct mailslot_creation creation;
	int flags = O_RDONLY | O_CREAT | O_EXCL;
	struct file *file;
	int err;

	err = mailslot_recipe_fill(&creation.recipe, request);
	if (err)
		return ERR_PTR(err);
	if (request->flags & MAILSLOT_CREATE_NONBLOCK)
		flags |= O_NONBLOCK;
	file = creation_open(&creation, dir, flags, request->mode);
	/* A slot is in the way. */
	if (file == ERR_PTR(-ENOTDIR))
		return ERR_PTR(-EEXIST);
	if (IS_ERR(file) || mailslot_server_is(file))
		return file;
	/* Something else is mounted on a directory of the name. */
	fput(file);
	return ERR_PTR(-EXDEV);
}

/**
 * mailslot_creation_ioctl() - MAILSLOT_IOC_CREATE on a directory of an instance
 * @dir: the directory
 * @from: the caller's structure; its name starts at the directory
 * @size: its size
 *
 * Context: process context, may sleep.
 * Return: the descriptor of the server end, or an error.
 */
long mailslot_creation_ioctl(struct file *dir, const void __user *from, size_t size)
{
	struct mailslot_create request;
	struct file *file;
	int err, fd;

	err = copy_struct_from_user(&request, sizeof(request), from, size);
	if (err)
		return err;
	fd = get_unused_fd_flags(request.flags & MAILSLOT_CREATE_INHERIT ? 0 : O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = create(&dir->f_path, &request);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
