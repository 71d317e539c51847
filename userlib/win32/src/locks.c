// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Critical sections, slim locks and condition variables: the locks of one process
 * that are no handles.  They are pthread's, inside the opaque bytes of winbase.h.
 */
#include "internal.h"
#include <pthread.h>

C_ASSERT(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION));
C_ASSERT(sizeof(pthread_rwlock_t) <= sizeof(SRWLOCK));
C_ASSERT(sizeof(pthread_cond_t) <= sizeof(CONDITION_VARIABLE));
/* SRWLOCK_INIT and CONDITION_VARIABLE_INIT are zeroes, which glibc's initialisers are. */

static pthread_mutex_t *mutex_of(LPCRITICAL_SECTION section)
{
	return (pthread_mutex_t *)section->opaque.bytes;
}

static pthread_rwlock_t *rwlock_of(PSRWLOCK lock)
{
	return (pthread_rwlock_t *)lock->opaque.bytes;
}

static pthread_cond_t *cond_of(PCONDITION_VARIABLE condition)
{
	return (pthread_cond_t *)condition->opaque.bytes;
}

void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(mutex_of(section), &attributes);
	pthread_mutexattr_destroy(&attributes);
}

/* Spinning is the mutex's own affair. */
BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
	(void)spins;
	InitializeCriticalSection(section);
	return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags)
{
	(void)flags;
	return InitializeCriticalSectionAndSpinCount(section, spins);
}

void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section)
{
	pthread_mutex_lock(mutex_of(section));
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section)
{
	return pthread_mutex_trylock(mutex_of(section)) == 0;
}

void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section)
{
	pthread_mutex_unlock(mutex_of(section));
}

void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section)
{
	pthread_mutex_destroy(mutex_of(section));
}

void WINAPI InitializeSRWLock(PSRWLOCK lock)
{
	pthread_rwlock_init(rwlock_of(lock), NULL);
}

void WINAPI AcquireSRWLockExclusive(PSRWLOCK lock)
{
	pthread_rwlock_wrlock(rwlock_of(lock));
}

void WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock)
{
	pthread_rwlock_unlock(rwlock_of(lock));
}

void WINAPI AcquireSRWLockShared(PSRWLOCK lock)
{
	pthread_rwlock_rdlock(rwlock_of(lock));
}

void WINAPI ReleaseSRWLockShared(PSRWLOCK lock)
{
	pthread_rwlock_unlock(rwlock_of(lock));
}

void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE condition)
{
	pthread_cond_init(cond_of(condition), NULL);
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE condition, LPCRITICAL_SECTION section,
				     DWORD milliseconds)
{
	struct timespec until;

	if (milliseconds == INFINITE)
		return pthread_cond_wait(cond_of(condition), mutex_of(section)) == 0;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += milliseconds % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	if (pthread_cond_clockwait(cond_of(condition), mutex_of(section), CLOCK_MONOTONIC, &until))
		return fail(ERROR_TIMEOUT);
	return TRUE;
}

void WINAPI WakeConditionVariable(PCONDITION_VARIABLE condition)
{
	pthread_cond_signal(cond_of(condition));
}

void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE condition)
{
	pthread_cond_broadcast(cond_of(condition));
}
