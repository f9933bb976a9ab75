/* SPDX-License-Identifier: MIT */
/* Plans are right in a program whose locale writes a decimal comma: constants go into code as text, and the budget comes
   as text from the environment. */
#include "support/commas.h"
#include "support/support.h"

#include "mica/context.h"

Test(locale, constants_of_the_code_keep_their_values)
{
	static const double x[] = {1, 2, -3};
	double want[3];
	if (!use_commas())
		cr_skip_test("there is no locale with a decimal comma");
	setenv("MICA_MEMORY", "0.5G", 1);
	check *c = check_open("locale", MICA_F32);
	cr_assert_eq(mica_context_usage(check_context(c)).budget_bytes, 1ull << 29);
	mica_var v = check_input(c, MICA_F32, MICA_SHAPE(3), x);
	for (size_t i = 0; i < 3; i++)
		want[i] = 0.5 * x[i];
	check_expect(c, "product", mica_op_mulc(v, 0.5), want, tolerance_exact());
	check_run(c);
	check_close(c);
}
