/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths taken apart and put together, once for narrow and once for wide characters:
 * CHAR_T, TEXT_T(), NAME(), PARTS, LENGTH and COPY are paths.c's.
 */

struct PARTS {
	const CHAR_T *at[4];	/* drive, directory, name, extension */
	size_t length[4];
};

static struct PARTS NAME(take_apart)(const CHAR_T *path)
{
	size_t whole = LENGTH(path), drive, name, dot;

	drive = whole > 1 && path[1] == TEXT_T(':') ? 2 : 0;
	for (name = whole; name > drive; name--)
		if (path[name - 1] == TEXT_T('/') || path[name - 1] == TEXT_T('\\'))
			break;
	for (dot = whole; dot > name && path[dot - 1] != TEXT_T('.');)
		dot--;
	dot = dot > name ? dot - 1 : whole;
	return (struct PARTS) {
		.at = { path, path + drive, path + name, path + dot },
		.length = { drive, name - drive, dot - name, whole - dot },
	};
}

/* What has no room is cut. */
static void NAME(put_part)(const struct PARTS *parts, int i, CHAR_T *out, size_t size)
{
	size_t n = min(parts->length[i], size - 1);

	if (!out)
		return;
	COPY(out, parts->at[i], n);
	out[n] = TEXT_T('\0');
}

void NAME(splitpath)(const CHAR_T *path, CHAR_T *drive, CHAR_T *dir, CHAR_T *name, CHAR_T *ext)
{
	const struct PARTS parts = NAME(take_apart)(path);

	NAME(put_part)(&parts, 0, drive, _MAX_DRIVE);
	NAME(put_part)(&parts, 1, dir, _MAX_DIR);
	NAME(put_part)(&parts, 2, name, _MAX_FNAME);
	NAME(put_part)(&parts, 3, ext, _MAX_EXT);
}

errno_t NAME(splitpath_s)(const CHAR_T *path, CHAR_T *drive, size_t drive_size, CHAR_T *dir,
			  size_t dir_size, CHAR_T *name, size_t name_size, CHAR_T *ext,
			  size_t ext_size)
{
	CHAR_T *const out[] = { drive, dir, name, ext };
	const size_t size[] = { drive_size, dir_size, name_size, ext_size };
	struct PARTS parts;
	errno_t error = 0;

	for (int i = 0; i < 4; i++)
		if (!path || !out[i] != !size[i])
			error = EINVAL;
	if (!error)
		parts = NAME(take_apart)(path);
	for (int i = 0; i < 4 && !error; i++)
		if (out[i] && parts.length[i] >= size[i])
			error = ERANGE;
	for (int i = 0; i < 4; i++) {
		if (error && out[i] && size[i])
			out[i][0] = TEXT_T('\0');
		else if (!error && out[i])
			NAME(put_part)(&parts, i, out[i], size[i]);
	}
	return error;
}

/* Append to a path that has room for @size. Return false if the room is too small. */
static bool NAME(append)(CHAR_T *path, size_t size, size_t *used, const CHAR_T *text, size_t n)
{
	if (n >= size - *used)
		return false;
	COPY(path + *used, text, n);
	*used += n;
	path[*used] = TEXT_T('\0');
	return true;
}

/*
 * Return what to put between directory and name: nothing if the directory ends with a slash, else a
 * slash of the kind that the directory uses.
 */
static const CHAR_T *NAME(separator)(const CHAR_T *dir)
{
	static const CHAR_T backslash[] = { '\\', '\0' }, slash[] = { '/', '\0' };
	size_t n = LENGTH(dir);
	const CHAR_T *result = slash;

	if (!n || dir[n - 1] == '/' || dir[n - 1] == '\\')
		return NULL;
	while (n--)
		if (dir[n] == '\\')
			result = backslash;
	return result;
}

errno_t NAME(makepath_s)(CHAR_T *path, size_t size, const CHAR_T *drive, const CHAR_T *dir,
			 const CHAR_T *name, const CHAR_T *ext)
{
	static const CHAR_T colon[] = { ':', '\0' }, dot[] = { '.', '\0' };
	const CHAR_T *separator;
	size_t used = 0;
	bool ok = true;

	if (!path || !size)
		return EINVAL;
	path[0] = TEXT_T('\0');
	if (drive && *drive)
		ok = NAME(append)(path, size, &used, drive, 1) &&
		     NAME(append)(path, size, &used, colon, 1);
	if (ok && dir)
		ok = NAME(append)(path, size, &used, dir, LENGTH(dir));
	separator = dir ? NAME(separator)(dir) : NULL;
	if (ok && separator)
		ok = NAME(append)(path, size, &used, separator, 1);
	if (ok && name)
		ok = NAME(append)(path, size, &used, name, LENGTH(name));
	if (ok && ext && *ext && *ext != '.')
		ok = NAME(append)(path, size, &used, dot, 1);
	if (ok && ext)
		ok = NAME(append)(path, size, &used, ext, LENGTH(ext));
	if (ok)
		return 0;
	path[0] = TEXT_T('\0');
	return ERANGE;
}

void NAME(makepath)(CHAR_T *path, const CHAR_T *drive, const CHAR_T *dir, const CHAR_T *name,
		    const CHAR_T *ext)
{
	NAME(makepath_s)(path, _MAX_PATH, drive, dir, name, ext);
}
