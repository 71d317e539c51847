*> SPDX-License-Identifier: GPL-2.0-only
*> COBOL's ways to write the lines of the file TEXT into SLOT, for `run.py`: calls CALL.
identification division.
program-id. calls.
environment division.
input-output section.
file-control.
    select input-file assign to input-name organization is line sequential.
    select slot assign to slot-name organization is line sequential.
data division.
file section.
fd input-file.
01 input-line pic x(65536).
fd slot.
01 slot-line pic x(65536).
working-storage section.
01 input-name pic x(200).
01 slot-name pic x(200).
01 call-name pic x(20).
01 done pic 9 value 0.
procedure division.
    accept input-name from environment "TEXT"
    accept slot-name from environment "SLOT"
    accept call-name from command-line
    open input input-file
    if call-name = "extend" open extend slot else open output slot end-if
    perform until done = 1
        read input-file at end move 1 to done
        not at end
            move input-line to slot-line
            write slot-line
        end-read
    end-perform
    close slot input-file
    stop run.
