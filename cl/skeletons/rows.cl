/* SPDX-License-Identifier: MIT */
/* rows.cl - loops over the rows of a domain from @first@ up to @past@: i0 is the coordinate along the last of its axes, l0 the
   number of the line along that axis, and so on outwards. */
//@ plain
for (int @row@ = @first@; @row@ < @past@; @row@++) {
@body@
}

//@ axis
for (int @row@ = @first@; @row@ < @past@; @row@++) {
const int i0 = @row@;
@body@
}

//@ lines
for (int @row@ = @first@; @row@ < @past@;) {
	const int l0 = @row@ / @size@;
@axes@
	for (int i0 = REST(@row@, @size@), left = min(@size@ - i0, @past@ - @row@); left > 0; left--, i0++, @row@++) {
@body@
	}
}
