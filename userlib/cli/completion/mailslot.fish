# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of mailslot(1) in fish: commands, options, values and the names of slots.

set -l commands list info create send peek watch load unload status help

# Is the next word the first after "mailslot COMMAND" that is no option?
function __mailslot_wants_name
    set -l plain
    for word in (commandline -opc)
        string match -q -- '-*' $word; or set -a plain $word
    end
    test (count $plain) -eq 2
end

complete -c mailslot -f
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -s V -l version -d 'Show the version'
complete -c mailslot -s h -l help -d 'Show help'

complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a list -d 'Show all slots'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a info -d 'Show one slot'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a create -d 'Make a slot and print what comes'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a send -d 'Send messages'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a peek -d 'Show what waits in a slot'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a watch -d 'Show slots and rates, live'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a load -d 'Put the kernel module in'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a unload -d 'Take the kernel module out'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a status -d 'Tell about the module'
complete -c mailslot -n "not __fish_seen_subcommand_from $commands" -a help -d 'Tell about a command'

complete -c mailslot -n '__fish_seen_subcommand_from info send peek; and __mailslot_wants_name' \
    -a '(mailslot list --names 2>/dev/null)' -d Slot
complete -c mailslot -n '__fish_seen_subcommand_from help' -a 'list info create send peek watch load unload status'

complete -c mailslot -n '__fish_seen_subcommand_from list info status' -s j -l json -d 'As JSON'
complete -c mailslot -n '__fish_seen_subcommand_from list' -s n -l names -d 'The names alone'

complete -c mailslot -n '__fish_seen_subcommand_from create' -s m -l mode -x -a '0600 0620 0622 0660 0666' -d 'Permissions'
complete -c mailslot -n '__fish_seen_subcommand_from create' -s M -l max-message -x -d 'Longest message'
complete -c mailslot -n '__fish_seen_subcommand_from create' -s q -l queue -x -d 'Bytes the queue can hold'
complete -c mailslot -n '__fish_seen_subcommand_from create' -s t -l timeout -x -a forever -d 'End when none came so long'
complete -c mailslot -n '__fish_seen_subcommand_from create peek' -s n -l count -x -d 'At most so many messages'
complete -c mailslot -n '__fish_seen_subcommand_from create peek' -s f -l format -x -a 'text raw length json hex' -d 'Form of the output'
complete -c mailslot -n '__fish_seen_subcommand_from create peek' -s s -l sender -d 'Who and when, before each message'
complete -c mailslot -n '__fish_seen_subcommand_from create peek' -s e -l escape -d 'Text, a line each'

complete -c mailslot -n '__fish_seen_subcommand_from send' -s l -l lines -d 'A message from each line'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s 0 -l null -d 'The same with NUL'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s L -l length -d 'Each after its length'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s w -l wait -x -a forever -d 'Wait so long for the slot'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s t -l timeout -x -a forever -d 'Wait so long for room'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s n -l nonblock -d 'Do not wait for room'
complete -c mailslot -n '__fish_seen_subcommand_from send' -s v -l verbose -d 'Say how many were sent'

complete -c mailslot -n '__fish_seen_subcommand_from watch' -s d -l delay -x -d 'Seconds between two looks'
complete -c mailslot -n '__fish_seen_subcommand_from load' -F -a 'default_queue_bytes= max_queue_bytes= max_slots= max_user_slots= max_user_bytes='
