/* SPDX-License-Identifier: GPL-2.0-only */
/* String functions that CBMC has no body of. */
#ifndef PROOF_STRING_H
#define PROOF_STRING_H

static size_t proof_strnlen(const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size && s[i]; i++)
		;
	return i;
}

/* Of one character, which is all that is asked for. */
static size_t proof_strcspn(const char *s, const char *reject)
{
	size_t i;

	for (i = 0; s[i] && s[i] != reject[0]; i++)
		;
	return i;
}

static size_t proof_strlen(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++)
		;
	return i;
}

static int proof_strncmp(const char *a, const char *b, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (a[i] != b[i] || !a[i])
			return (u8)a[i] - (u8)b[i];
	return 0;
}

#define strnlen		proof_strnlen
#define strcspn		proof_strcspn
#define strlen		proof_strlen
#define strncmp		proof_strncmp
#define strcmp(a, b)	proof_strncmp(a, b, SIZE_MAX)

#endif
