# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of mailslot(1) in fish: commands, options, values and the names of slots.

# The words so far, a line each: "mailslot", the command, its arguments; without options, their values and all behind "--".
function __mailslot_words
    set -l words (commandline -opc)
    set -l valued
    switch "$words[2]"
        case create
            set valued -m --mode -M --max-message -q --queue -t --timeout -n --count -f --format
        case send
            set valued -H --host -D --domain -w --wait -t --timeout
        case relay
            set valued -s --socket
        case peek
            set valued -n --count -f --format
        case mount
            set valued -o --options
    end
    set -l value no
    for word in $words
        if test $value = yes
            set value no
        else if test "$word" = --
            break
        else if string match -q -- '-*' $word
            contains -- $word $valued; and set value yes
        else
            echo $word
        end
    end
end

# Is the command one of these ('' for none yet), and no "--" behind it?
function __mailslot_in
    set -l words (__mailslot_words)
    contains -- "$words[2]" $argv; and not contains -- -- (commandline -opc)
end

# Does another program's command line stand behind "--"?
function __mailslot_runs
    set -l words (__mailslot_words)
    test "$words[2]" = create; and contains -- -- (commandline -opc)
end

# That is completed as if it stood alone.
function __mailslot_program
    set -l words (string escape -- (commandline -opc)) (commandline -ct)
    set -e words[1..(contains -i -- -- $words)]
    complete -C "$words"
end

# Does the message go to another machine?
function __mailslot_away
    string match -qr -- '^(-H|-D|--host|--domain)' (commandline -opc)
end

# "host" or "domain": those that the relay sends to; a pattern is no name of one.
function __mailslot_places
    mailslot list --names 2>/dev/null | string replace -rf "^remote/$argv[1]/([^/*?[]+)/.*" '$1' | sort -u
end

complete -c mailslot -f
complete -c mailslot -n "__mailslot_in ''" -s V -l version -d 'Show the version'
complete -c mailslot -s h -l help -d 'Show help'

complete -c mailslot -n "__mailslot_in ''" -a list -d 'Show all slots'
complete -c mailslot -n "__mailslot_in ''" -a info -d 'Show one slot'
complete -c mailslot -n "__mailslot_in ''" -a create -d 'Make a slot and print what comes'
complete -c mailslot -n "__mailslot_in ''" -a send -d 'Send messages'
complete -c mailslot -n "__mailslot_in ''" -a peek -d 'Show what waits in a slot'
complete -c mailslot -n "__mailslot_in ''" -a watch -d 'Show slots and rates, live'
complete -c mailslot -n "__mailslot_in ''" -a mount -d 'Make an instance, a file system of slots'
complete -c mailslot -n "__mailslot_in ''" -a load -d 'Put the kernel module in'
complete -c mailslot -n "__mailslot_in ''" -a unload -d 'Take the kernel module out'
complete -c mailslot -n "__mailslot_in ''" -a status -d 'Tell about the module'
complete -c mailslot -n "__mailslot_in ''" -a relay -d 'Tell about the relay'
complete -c mailslot -n "__mailslot_in ''" -a help -d 'Tell about a command'

complete -c mailslot -n '__mailslot_in info send peek; and not __mailslot_away; and test (count (__mailslot_words)) -eq 2' \
    -a '(mailslot list --names 2>/dev/null)' -d Slot
complete -c mailslot -n '__mailslot_runs' -a '(__mailslot_program)'
complete -c mailslot -n '__mailslot_in help' -a 'list info create send peek watch mount load unload status relay'

complete -c mailslot -n '__mailslot_in list info status relay' -s j -l json -d 'As JSON'
complete -c mailslot -n '__mailslot_in list' -s n -l names -d 'The names alone'

complete -c mailslot -n '__mailslot_in create' -s m -l mode -x -a '0600 0660 0666' -d 'Permissions'
complete -c mailslot -n '__mailslot_in create' -s M -l max-message -x -d 'Longest message'
complete -c mailslot -n '__mailslot_in create' -s q -l queue -x -d 'Bytes the queue can hold'
complete -c mailslot -n '__mailslot_in create' -s w -l whole -d 'What a client writes is one message'
complete -c mailslot -n '__mailslot_in create' -s r -l ring -d 'Messages are read without system calls'
complete -c mailslot -n '__mailslot_in create' -s t -l timeout -x -a forever -d 'End when none came so long'
complete -c mailslot -n '__mailslot_in create peek' -s n -l count -x -d 'At most so many messages'
complete -c mailslot -n '__mailslot_in create peek' -s f -l format -x -a 'text raw length json hex' -d 'Form of the output'
complete -c mailslot -n '__mailslot_in create peek' -s s -l sender -d 'Who and when, before each message'
complete -c mailslot -n '__mailslot_in create peek' -s e -l escape -d 'Text, a line each'

complete -c mailslot -n '__mailslot_in send' -s l -l lines -d 'A message from each line'
complete -c mailslot -n '__mailslot_in send' -s 0 -l null -d 'The same with NUL'
complete -c mailslot -n '__mailslot_in send' -s L -l length -d 'Each after its length'
complete -c mailslot -n '__mailslot_in send' -s H -l host -x -a '(__mailslot_places host)' -d 'To another machine'
complete -c mailslot -n '__mailslot_in send' -s D -l domain -x -a '(__mailslot_places domain) "*"' -d 'To each machine of a domain'
complete -c mailslot -n '__mailslot_in send' -s w -l wait -x -a forever -d 'Wait so long for the slot'
complete -c mailslot -n '__mailslot_in send' -s t -l timeout -x -a forever -d 'Wait so long for room'
complete -c mailslot -n '__mailslot_in send' -s n -l nonblock -d 'Do not wait for room'
complete -c mailslot -n '__mailslot_in send' -s v -l verbose -d 'Say how many were sent'

complete -c mailslot -n '__mailslot_in relay; and test (count (__mailslot_words)) -eq 2' -a status
complete -c mailslot -n '__mailslot_in relay' -s s -l socket -r -F -d 'Where the relay tells it'

complete -c mailslot -n '__mailslot_in watch' -s d -l delay -x -d 'Seconds between two looks'
complete -c mailslot -n '__mailslot_in mount' -s o -l options -x -d 'Of the mount' \
    -a 'uid= gid= mode= max_slots= max_bytes= ro nodev noexec nosuid'
complete -c mailslot -n '__mailslot_in mount; and test (count (__mailslot_words)) -eq 2' -a '(__fish_complete_directories)'
complete -c mailslot -n '__mailslot_in load' -F -a 'default_queue_bytes= max_queue_bytes= max_slots= max_user_slots= max_user_bytes='
