# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# The text of the referral: the action plan that lies beside this checkout, or where that is not
# there one of our own of about the same size. Not for: the short texts, which stand where they are
# sent. Everything is invented. Sourced by scripts/demo.

# text_of_referral: writes it to standard output.
text_of_referral() {
    local file
    for file in "${TOV_DEMO_TEXT:-}" ../shared/*/vink-handleplan-2020-21.txt; do
        if [ -f "$file" ]; then
            cat "$file"
            return
        fi
    done
    own_text
}

own_text() {
    local part
    cat <<'END'
HANDLEPLAN FOR OVERGANGEN FRA FÆNGSEL TIL TILVÆRELSEN UDENFOR
(øvelsestekst; personer, steder og forløb er opdigtede)

Indledning

Denne handleplan beskriver, hvem der gør hvad i de sidste tre måneder før løsladelsen og i det
første halve år efter. Den er skrevet af Kriminalforsorgen sammen med borgeren og den kommunale
tovholder, og alle tre har et eksemplar. Den bygger på frivillighed: borgeren kan til enhver tid
sige nej til en indsats, uden at det får betydning for andre dele af planen.

Planen følger ni områder, som parterne vurderer hver for sig og drøfter på det fælles møde. For hvert
område står, hvad der er kendt, hvad der er aftalt, hvem der er ansvarlig, og hvornår der følges op.
Oplysninger fra andre end borgeren selv er mærket med, hvor de kommer fra, og hvor sikre de er.
END
    for part in 'Bolig' 'Forsørgelse' 'Uddannelse og arbejde' 'Familie' 'Netværk og fritid' \
        'Helbred og trivsel' 'Økonomi og gæld' 'Holdninger og fællesskaber' 'Sikkerhed'; do
        own_part "$part"
    done
    cat <<'END'

Afslutning

Planen gælder, til parterne er enige om en ny. Den tages op på det første møde efter løsladelsen,
efter tredive dage og efter seks måneder. Den, der bliver opmærksom på noget, som ændrer billedet,
siger det til tovholderen samme dag og venter ikke på næste møde.
END
}

own_part() {
    cat <<END

$1

Hvad vi ved. Området "$1" er gennemgået på to samtaler i fængslet. Borgeren fortæller åbent om det,
der har fungeret tidligere, og om det, der gik galt. Personalet på afdelingen genkender beskrivelsen.
Kommunen har set i egne journaler og finder ikke noget, der taler imod. Hvor oplysningerne er usikre,
er det skrevet ind i skemaet, så ingen senere tager en formodning for en kendsgerning.

Hvad borgeren selv ønsker. Borgeren vil gerne have én fast kontaktperson, der kan kontaktes på telefon
også uden for kontortid i den første uge. Han vil selv tage det første skridt, og han vil gerne have
aftalerne på skrift. Han ønsker, at familien bliver orienteret af ham og ikke af os.

Hvad vi har aftalt. Der holdes et møde to uger før løsladelsen, hvor området "$1" er første punkt.
Den ansvarlige medarbejder skriver en kort status senest dagen før og sender den til tovholderen.
Kan en aftale ikke holdes, får borgeren besked med det samme og et nyt tidspunkt inden for tre hverdage.
Der er sat penge af til transport, og rejsen er planlagt dør til dør, så den første dag ikke går skævt.

Hvem der er ansvarlig. Kriminalforsorgen har ansvaret indtil løsladelsen og afleverer det skriftligt.
Kommunen siger skriftligt ja, før ansvaret er flyttet; indtil da ligger det, hvor det lå. Er der tvivl,
ringer man sammen samme dag. Politiet orienteres om skridtene i planen, men ikke om samtalerne.

Hvordan vi følger op. Området vurderes som grønt, gult eller rødt på hvert møde. Gult to gange i træk
betyder, at tovholderen indkalder til et ekstra møde. Rødt betyder, at der ringes rundt samme dag.
Vurderingen bygger på handlinger og aftaler, ikke på holdninger, og borgeren kender den altid først.
END
}
