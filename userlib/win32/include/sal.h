/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Microsoft's source annotations, which mean nothing to a compiler here.  The old
 * spellings with two underscores (__in, __out) are left out: they are names that
 * the C++ library uses for its own parameters.
 */
#ifndef MAILSLOT_WIN32_SAL_H
#define MAILSLOT_WIN32_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(n)
#define _In_reads_opt_(n)
#define _In_reads_bytes_(n)
#define _In_reads_bytes_opt_(n)
#define _In_reads_or_z_(n)
#define _In_range_(lo, hi)
#define _Out_
#define _Out_opt_
#define _Out_writes_(n)
#define _Out_writes_opt_(n)
#define _Out_writes_z_(n)
#define _Out_writes_bytes_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_bytes_to_(n, m)
#define _Out_writes_bytes_to_opt_(n, m)
#define _Out_writes_to_(n, m)
#define _Outptr_
#define _Outptr_opt_
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_updates_(n)
#define _Inout_updates_bytes_(n)
#define _Inout_updates_z_(n)
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Reserved_
#define _Pre_null_
#define _Null_terminated_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Frees_ptr_opt_
#define _Check_return_
#define _Must_inspect_result_
#define _Success_(expr)
#define _When_(expr, annotations)
#define _At_(target, annotations)
#define _Use_decl_annotations_
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Function_class_(name)

#endif /* MAILSLOT_WIN32_SAL_H */
