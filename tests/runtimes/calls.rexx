/* SPDX-License-Identifier: GPL-2.0-only */
/* Rexx's ways to write the file TEXT into SLOT, for `run.py`: calls CALL. */
parse arg call
slot = value('SLOT', , 'SYSTEM')
name = value('TEXT', , 'SYSTEM')
text = charin(name, 1, chars(name))
select
	when call = 'charout' then left = charout(slot, text)
	when call = 'lineout' then left = lineout(slot, text)
	when call = 'write' then do
		if stream(slot, 'C', 'OPEN WRITE') <> 'READY:' then exit 1
		left = charout(slot, text)
	end
	when call = 'append' then do
		if stream(slot, 'C', 'OPEN WRITE APPEND') <> 'READY:' then exit 1
		left = charout(slot, text)
	end
	otherwise exit 2
end
exit left <> 0
