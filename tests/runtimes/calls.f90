! SPDX-License-Identifier: GPL-2.0-only
! Fortran's ways to write the file TEXT into SLOT, for `run.py`: calls CALL.
program calls
  implicit none
  character(len=4096) :: slot, name
  character(len=32) :: call
  character(len=:), allocatable :: text
  integer :: in, out, length

  call get_command_argument(1, call)
  call get_environment_variable('SLOT', slot)
  call get_environment_variable('TEXT', name)
  open (newunit=in, file=trim(name), access='stream', action='read', status='old')
  inquire (unit=in, size=length)
  allocate (character(len=length) :: text)
  if (length > 0) read (in) text
  close (in)
  select case (call)
  case ('sequential')
    open (newunit=out, file=trim(slot), action='write', status='old')
    write (out, '(a)') text
  case ('append')
    open (newunit=out, file=trim(slot), action='write', status='old', position='append')
    write (out, '(a)') text
  case ('stream')
    open (newunit=out, file=trim(slot), access='stream', action='write', status='old')
    write (out) text
  case default
    stop 2
  end select
  close (out)
end program calls
