/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles that release themselves, and results nobody may ignore. Touches nothing.
 */
#pragma once

/* Calls `release_(value)` when the variable leaves its scope; the value must be a pointer. */
#define CLEANUP_DEFINE(name_, type_, release_)                                                     \
	static inline void name_(type_ **handle)                                                   \
	{                                                                                          \
		if (*handle != NULL)                                                               \
			release_(*handle);                                                         \
	}

/* `CLEANUP(name)` marks a variable for the function that CLEANUP_DEFINE made. */
#define CLEANUP(name_) __attribute__((cleanup(name_)))

/* Gives the pointer away: the expression's value is the old handle, the variable becomes NULL. */
#define STEAL(handle_)                                                                             \
	__extension__({                                                                            \
		__typeof__(handle_) stolen_ = (handle_);                                           \
		(handle_) = NULL;                                                                  \
		stolen_;                                                                           \
	})

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_, first_) __attribute__((format(printf, format_, first_)))
#define LENGTH_OF(array_) (sizeof(array_) / sizeof((array_)[0]))
