/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fault.h"

static void test_blocks_are_zero_aligned_and_apart(void **state)
{
	(void)state;
	ARENA_CLEANUP struct arena arena = ARENA(1 << 20);
	static const size_t sizes[] = { 1, 3, 16, 100, 4000, 5000, 1, 70000, 2, 4096 };
	unsigned char *blocks[LENGTH_OF(sizes)];
	for (size_t i = 0; i < LENGTH_OF(sizes); i++) {
		void *block;
		assert_int_equal(arena_alloc(&arena, sizes[i], &block), 0);
		blocks[i] = block;
		assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(blocks[i][j], 0);
		memset(block, (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < LENGTH_OF(sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(blocks[i][j], i + 1);
}

static void test_the_maximum_holds(void **state)
{
	(void)state;
	ARENA_CLEANUP struct arena arena = ARENA(96);
	void *block = NULL;
	assert_int_equal(arena_alloc(&arena, 97, &block), -FAULT_LIMIT);
	assert_int_equal(arena_alloc(&arena, SIZE_MAX, &block), -FAULT_LIMIT);
	assert_int_equal(arena_alloc(&arena, SIZE_MAX - 3, &block), -FAULT_LIMIT);
	assert_null(block);
	assert_int_equal(arena_alloc(&arena, 64, &block), 0);
	assert_int_equal(arena_alloc(&arena, 32, &block), 0);
	assert_int_equal(arena_alloc(&arena, 1, &block), -FAULT_LIMIT);

	arena_done(&arena);
	assert_int_equal(arena_alloc(&arena, 96, &block), 0);
}

static void test_copies_and_texts(void **state)
{
	(void)state;
	ARENA_CLEANUP struct arena arena = ARENA(4096);
	char mine[] = "mine";
	struct bytes copy;
	assert_int_equal(arena_copy(&arena, bytes_of_text(mine), &copy), 0);
	const char *text;
	assert_int_equal(arena_text(&arena, mine, 3, &text), 0);
	const char *printed;
	assert_int_equal(arena_printf(&arena, &printed, "%s-%d", mine, 42), 0);
	memset(mine, '#', sizeof(mine) - 1);
	assert_int_equal(copy.len, 4);
	assert_memory_equal(copy.data, "mine", 4);
	assert_string_equal(text, "min");
	assert_string_equal(printed, "mine-42");

	assert_int_equal(arena_copy(&arena, (struct bytes){ NULL, 0 }, &copy), 0);
	assert_int_equal(copy.len, 0);
	assert_int_equal(arena_text(&arena, NULL, 0, &text), 0);
	assert_string_equal(text, "");
}

static void test_results_stay_untouched_on_a_fault(void **state)
{
	(void)state;
	ARENA_CLEANUP struct arena arena = ARENA(16);
	struct bytes copy = { NULL, 7 };
	const char *text = "before";
	assert_int_equal(
		arena_copy(&arena, bytes_of_text("longer than sixteen"), &copy), -FAULT_LIMIT);
	assert_int_equal(arena_text(&arena, "longer than sixteen", 19, &text), -FAULT_LIMIT);
	assert_int_equal(arena_text(&arena, "", SIZE_MAX, &text), -FAULT_LIMIT);
	assert_int_equal(arena_printf(&arena, &text, "%0100d", 1), -FAULT_LIMIT);
	assert_int_equal(copy.len, 7);
	assert_string_equal(text, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_zero_aligned_and_apart),
		cmocka_unit_test(test_the_maximum_holds),
		cmocka_unit_test(test_copies_and_texts),
		cmocka_unit_test(test_results_stay_untouched_on_a_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
